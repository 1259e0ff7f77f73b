-- End a meeting that runs, and what holds for its floor alone. While another agent lives, which may
-- have words to write, only that this one has none any more is noted: who says so last ends it.
--
-- KEYS
--   agents: hash, agent -> record
--   current: string, id of the running meeting
--   meeting: hash of the meeting; done:AGENT is the epoch of one that has nothing more to write
--   floor: hash, holder, last number, held_by, given, agent_turns, people
-- ARGV
--   agent: who asks
--   epoch: its own
--   id: of the meeting
--   reason: why it ends
-- Returns
--   ended
--   not_current
--   attended, agent
--   stale, epoch
--   no_record
local agents = KEYS[1]
local current = KEYS[2]
local meeting = KEYS[3]
local floor = KEYS[4]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local id = ARGV[3]
local reason = ARGV[4]

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
if redis.call('GET', current) ~= id then
  return {'not_current'}
end
redis.call('HSET', meeting, 'done:' .. agent, whole(epoch))
local now = now_us()
local known = redis.call('HGETALL', agents)
for at = 1, #known, 2 do
  local other = known[at]
  local record = read_record(agents, other)
  if other ~= agent and record and record.deadline_us and record.deadline_us > now
    and tonumber(redis.call('HGET', meeting, 'done:' .. other)) ~= record.epoch then
    return {'attended', other}
  end
end
redis.call('HSET', meeting, 'state', 'ended', 'reason', reason, 'end_us', whole(now))
redis.call('DEL', current)
end_floor_of_meeting(floor)
keep_for_meeting(meeting)
return {'ended'}
