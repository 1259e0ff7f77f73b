-- Put before every script by scripts.py; an operation of its own it is not.
--
-- An agent's record is "MINTED EPOCH DEADLINE_US OWNER". MINTED is the highest epoch handed out,
-- EPOCH the last one that owned the agent (0: none yet). An empty owner means released: that
-- epoch is spent. Times are microseconds of Redis time, numbers leave as whole digits.

local function now_us()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

local function whole(number)
  return string.format('%.0f', number)
end

local function read_record(agents, agent)
  local packed = redis.call('HGET', agents, agent)
  if not packed then
    return nil
  end
  local minted, epoch, deadline_us, owner = string.match(packed, '^(%d+) (%d+) (%d+) (.*)$')
  return {
    minted = tonumber(minted),
    epoch = tonumber(epoch),
    deadline_us = tonumber(deadline_us),
    owner = owner,
  }
end

-- Every key ends by itself, a while after its last write: what a room needs while it lives after a
-- day (a living room writes every second), what a meeting leaves behind after thirty.
local function keep_for_room(key)
  redis.call('PEXPIRE', key, 86400000)
end

local function keep_for_meeting(key)
  redis.call('PEXPIRE', key, 2592000000)
end

-- What became of a request, by the id that its sender chose: of the newest thousand, for a room may
-- live for weeks. The same hash has which they are, '~NUMBER' -> id up to '~last': no id begins so.
local RESULTS = 1000

local function keep_result(results, request_id, outcome)
  if redis.call('HSET', results, request_id, outcome) == 1 then
    local last = redis.call('HINCRBY', results, '~last', 1)
    redis.call('HSET', results, '~' .. whole(last), request_id)
    local oldest = '~' .. whole(last - RESULTS)
    local too_old = redis.call('HGET', results, oldest)
    if too_old then
      redis.call('HDEL', results, oldest, too_old)
    end
  end
  keep_for_room(results)
end

local function write_record(agents, agent, record)
  local packed = whole(record.minted) .. ' ' .. whole(record.epoch) .. ' '
    .. whole(record.deadline_us) .. ' ' .. record.owner
  redis.call('HSET', agents, agent, packed)
  keep_for_room(agents)
end

-- An epoch is reserved before it is acquired, so an acquire that finds no record tells that Redis has
-- lost what it knew of the room, at the latest now. No agent's name begins like this field.
local function note_loss(agents, now)
  redis.call('HSETNX', agents, '~lost', whole(now))
end

local function lost_us(agents)
  return tonumber(redis.call('HGET', agents, '~lost') or '0')
end

-- nil where `epoch` is the agent's current one, else the answer that refuses the write.
local function refusal(agents, agent, epoch)
  local record = read_record(agents, agent)
  if not record then
    return {'no_record'}
  end
  if record.epoch ~= epoch or record.owner == '' then
    return {'stale', whole(math.max(record.epoch, record.minted))}
  end
  return nil
end
