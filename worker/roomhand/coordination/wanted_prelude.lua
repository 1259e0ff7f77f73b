-- Put before every script on agents that are wanted.
--
-- Desired state of an agent is "GENERATION ATTEMPTS SENT_US SINCE_US SUCCEEDS BY". GENERATION counts how often it
-- was sent for, so that a dispatch that was overtaken is told from the newest. ATTEMPTS counts those
-- since it last stayed, SENT_US is when the last one was made, SINCE_US when it was last asked for.
-- SUCCEEDS is the epoch of the owner that asked for a successor, 0 without one.

local function read_wanted(wanted, agent)
  local packed = redis.call('HGET', wanted, agent)
  if not packed then
    return nil
  end
  local generation, attempts, sent_us, since_us, succeeds, by =
    string.match(packed, '^(%d+) (%d+) (%d+) (%d+) (%d+) (.*)$')
  return {
    generation = tonumber(generation),
    attempts = tonumber(attempts),
    sent_us = tonumber(sent_us),
    since_us = tonumber(since_us),
    succeeds = tonumber(succeeds),
    by = by,
  }
end

local function write_wanted(wanted, agent, state)
  local packed = whole(state.generation) .. ' ' .. whole(state.attempts) .. ' '
    .. whole(state.sent_us) .. ' ' .. whole(state.since_us) .. ' '
    .. whole(state.succeeds) .. ' ' .. state.by
  redis.call('HSET', wanted, agent, packed)
  keep_for_room(wanted)
end

-- Whether somebody was let in since `sent_us` who may still come to own the agent. An epoch is the
-- Redis time in microseconds at which somebody was let in. After a failover that may be a while ahead.
local function is_coming(record, sent_us, comes_ms, now)
  return record ~= nil and record.minted > record.epoch and record.minted >= sent_us
    and math.abs(now - record.minted) < comes_ms * 1000
end
