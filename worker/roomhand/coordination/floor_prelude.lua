-- Put before every floor script by scripts.py, after prelude.lua: the floor of a room in the words
-- of turns/floor.py, which says what all this means. `keys` names the keys by the scripts' words.
-- Requests are JSON in which numbers are digits in quotes: cjson would round microseconds.

local RISE_US = 1500000
local ALIVE_US = 2000000
local SPEECH_US = 3000000
local ANSWER_US = 1000000
local GIVEN_US = 30000000
local LOG_LENGTH = 1000

local REQUEST_NUMBERS = {
  'epoch', 'priority', 'ttl_us', 'begin_us', 'talk_us', 'grace_us', 'turns_limit', 'arrived_us',
  'alive_until_us', 'expires_us', 'number', 'granted_us', 'began_us', 'deadline_us',
}

local function read_request(keys, agent)
  local packed = redis.call('HGET', keys.requests, agent)
  if not packed then
    return nil
  end
  local request = cjson.decode(packed)
  for _, name in ipairs(REQUEST_NUMBERS) do
    request[name] = tonumber(request[name])
  end
  return request
end

local function write_request(keys, request)
  local packed = {}
  for name, value in pairs(request) do
    packed[name] = type(value) == 'number' and whole(value) or value
  end
  redis.call('HSET', keys.requests, request.agent, cjson.encode(packed))
  keep_for_room(keys.requests)
end

local function holds(request)
  return request.status == 'granted' or request.status == 'ending' or request.status == 'revoking'
end

local function is_heard(request)
  return request.status == 'granted' or request.status == 'ending'
end

local function begins_by_us(request)
  return request.granted_us + request.begin_us
end

local function talk_until_us(request)
  local began_us = request.began_us > 0 and request.began_us or begins_by_us(request)
  return began_us + request.talk_us
end

local function ends_us(request)
  return talk_until_us(request) + request.grace_us
end

-- Every transition: to the bounded log for who looks later, to the channel for who listens now.
-- Under which epoch was asked stands beside the event in the log: no reader of events needs it.
local function tell(room, event, who, request, why)
  local keys = room.keys
  local told = {
    event = event,
    who = who or '',
    request = request and request.id or '',
    reason = request and request.reason or '',
    answers = request and request.answers or '',
    why = why or request and request.why or '',
    number = whole(request and request.number or 0),
    at_us = whole(room.now),
  }
  local message = cjson.encode(told)
  redis.call('XADD', keys.log, 'MAXLEN', '~', LOG_LENGTH, '*', 'event', message,
    'epoch', whole(request and request.epoch or 0))
  redis.call('PUBLISH', keys.events, message)
  keep_for_room(keys.log)
end

local function set_floor(room, ...)
  redis.call('HSET', room.keys.floor, ...)
  keep_for_room(room.keys.floor)
end

local function happen(room, request, status, why)
  if request.status == 'waiting' or status == 'waiting' then
    room.waiting = nil
  end
  request.status = status
  request.why = why or request.why
  write_request(room.keys, request)
  if status ~= 'waiting' then
    redis.call('ZREM', room.keys.queue, request.agent)
  end
  if room.holder and room.holder.agent == request.agent and not holds(request) then
    room.holder = nil
    redis.call('HDEL', room.keys.floor, 'holder')
  end
  tell(room, status, request.agent, request)
end

local function lose(room, request)
  room.waiting = nil
  redis.call('HDEL', room.keys.requests, request.agent)
  redis.call('ZREM', room.keys.queue, request.agent)
  if room.holder and room.holder.agent == request.agent then
    room.holder = nil
    redis.call('HDEL', room.keys.floor, 'holder')
  end
  tell(room, 'lost', request.agent, request)
end

-- Who hears speech now, by the reports that are neither too old nor of an epoch that is over.
local function live_speech(keys, now)
  local live, over = {}, {}
  local fields = redis.call('HGETALL', keys.speaking)
  for at = 1, #fields, 2 do
    local reporter, track = string.match(fields[at], '^(%S+) (.*)$')
    local epoch, since_us, expires_us = string.match(fields[at + 1], '^(%d+) (%d+) (%d+)$')
    if tonumber(expires_us) <= now or refusal(keys.agents, reporter, tonumber(epoch)) then
      over[#over + 1] = fields[at]
    else
      live[fields[at]] = {
        reporter = reporter, track = track,
        epoch = tonumber(epoch), since_us = tonumber(since_us), expires_us = tonumber(expires_us),
      }
    end
  end
  return live, over
end

local function write_report(room, field, report)
  room.speech[field] = report
  redis.call('HSET', room.keys.speaking, field,
    whole(report.epoch) .. ' ' .. whole(report.since_us) .. ' ' .. whole(report.expires_us))
  keep_for_room(room.keys.speaking)
end

local function drop_report(room, field)
  room.speech[field] = nil
  redis.call('HDEL', room.keys.speaking, field)
end

local function note_people(room)
  local people = next(room.speech) and '1' or ''
  if people ~= '' and room.agent_turns > 0 then
    room.agent_turns = 0
    set_floor(room, 'agent_turns', '0')
  end
  if people ~= room.people then
    room.people = people
    set_floor(room, 'people', people)
    tell(room, people ~= '' and 'people_started' or 'people_stopped')
  end
end

local function read_room(keys)
  local held = redis.call('HMGET', keys.floor, 'holder', 'number', 'held_by', 'given',
    'given_until_us', 'agent_turns', 'people')
  local room = {
    keys = keys,
    now = now_us(),
    holder = held[1] and read_request(keys, held[1]) or nil,
    number = tonumber(held[2] or '0'),
    held_by = held[3] or '',
    given = held[4] or '',
    agent_turns = tonumber(held[6] or '0'),
    people = held[7] or '',
  }
  if tonumber(held[5] or '0') <= room.now then
    room.given = ''
  end
  return room
end

local function is_lost(room, request)
  return refusal(room.keys.agents, request.agent, request.epoch) ~= nil
end

-- Who waits and is still worth serving, the next first; beside them, who is not. Read once, and
-- again where the queue has changed.
local function waiting(room)
  if room.waiting then
    return room.waiting, room.over
  end
  local first, rest, over = {}, {}, {}
  for _, agent in ipairs(redis.call('ZRANGE', room.keys.queue, 0, -1)) do
    local request = read_request(room.keys, agent)
    if not request or is_lost(room, request)
      or request.expires_us <= room.now or request.alive_until_us <= room.now then
      over[#over + 1] = request or {agent = agent, missing = true}
    elseif agent == room.given then
      first[1] = request
    else
      rest[#rest + 1] = request
    end
  end
  for _, request in ipairs(rest) do
    first[#first + 1] = request
  end
  room.waiting, room.over = first, over
  return first, over
end

local function position(room, agent)
  for place, request in ipairs((waiting(room))) do
    if request.agent == agent then
      return place
    end
  end
  return 0
end

local function pass_holder(room)
  local holder = room.holder
  if not holder then
    return
  end
  if holder.deadline_us <= room.now then
    local why = holder.deadline_us >= ends_us(holder) and 'too_long' or 'not_renewed'
    if holder.status == 'revoking' then
      happen(room, holder, 'revoked')
    else
      happen(room, holder, 'expired', why)
    end
  elseif holder.status == 'granted' and talk_until_us(holder) <= room.now then
    happen(room, holder, 'ending')
  end
end

-- The first half of every operation: what time has done.
local function let_pass(room)
  local unheard
  room.speech, unheard = live_speech(room.keys, room.now)
  for _, field in ipairs(unheard) do
    redis.call('HDEL', room.keys.speaking, field)
  end
  note_people(room)
  local _, over = waiting(room)
  if room.holder and is_lost(room, room.holder) then
    lose(room, room.holder)
  end
  for _, request in ipairs(over) do
    if request.missing then
      redis.call('ZREM', room.keys.queue, request.agent)
    elseif is_lost(room, request) then
      lose(room, request)
    end
  end
  pass_holder(room)
  for _, request in ipairs(over) do
    if not request.missing and not is_lost(room, request) then
      local old = request.expires_us <= room.now
      happen(room, request, 'expired', old and 'not_worth_it' or 'not_asked_again')
    end
  end
end

local function unanswered(room, holder)
  for _, report in pairs(room.speech) do
    if report.reporter ~= holder and room.now - report.since_us >= ANSWER_US
      and not room.speech[holder .. ' ' .. report.track] then
      return true
    end
  end
  return false
end

local function beyond_limit(room, request)
  return request.reason == 'agent' and room.agent_turns >= request.turns_limit
    and request.agent ~= room.given
end

local function grant(room, request)
  room.number = math.max(room.number + 1, room.now)
  room.agent_turns = room.agent_turns + 1
  if request.agent == room.given then
    room.given = ''
    redis.call('HDEL', room.keys.floor, 'given', 'given_until_us')
  end
  request.number = room.number
  request.granted_us = room.now
  request.deadline_us = math.min(room.now + request.ttl_us, ends_us(request))
  room.holder = request
  set_floor(room, 'holder', request.agent, 'number', whole(room.number),
    'agent_turns', whole(room.agent_turns))
  happen(room, request, 'granted')
end

-- Redis has lost its data: somebody may still be heard under a grant that it forgot.
local function forgot(room, ttl_us)
  return room.now < lost_us(room.keys.agents) + ttl_us
end

-- What keeps every agent from following the holder.
local function closed(room)
  if next(room.speech) then
    return 'people'
  end
  return room.held_by ~= '' and 'held' or nil
end

-- What stands between the first of the queue and the floor.
local function obstacle(room)
  if room.holder then
    return 'busy'
  end
  if closed(room) then
    return closed(room)
  end
  local first = waiting(room)[1]
  return first and forgot(room, first.ttl_us) and 'forgotten' or nil
end

-- The last half of every operation: revoke whom nobody may hear, grant whom everybody may.
local function serve(room)
  local queue = waiting(room)
  local holder = room.holder
  if holder and is_heard(holder) then
    if unanswered(room, holder.agent) then
      happen(room, holder, 'revoking', 'people')
    elseif queue[1] and queue[1].agent == room.given and room.given ~= holder.agent
      and not closed(room) then
      happen(room, holder, 'revoking', 'given')
    end
  end
  for _, request in ipairs(queue) do
    if obstacle(room) then
      return
    end
    if beyond_limit(room, request) then
      happen(room, request, 'denied', 'loop_limit')
    else
      grant(room, request)
    end
  end
end

-- A moderator's request, by the id that it may have, is carried out once, and answered as it was then.
local function once(results, request_id, act)
  local known = request_id ~= '' and redis.call('HGET', results, request_id)
  if known then
    return cjson.decode(known)
  end
  local answer = act()
  if request_id ~= '' then
    keep_result(results, request_id, cjson.encode(answer))
  end
  return answer
end
