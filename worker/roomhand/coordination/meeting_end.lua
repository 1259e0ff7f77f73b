-- End a meeting that runs, and what holds for its floor alone.
--
-- KEYS
--   agents: hash, agent -> record
--   current: string, id of the running meeting
--   meeting: hash of the meeting
--   floor: hash, holder, last number, held_by, given, agent_turns, people
-- ARGV
--   agent: who asks
--   epoch: its own
--   id: of the meeting
--   reason: why it ends
-- Returns
--   ended
--   not_current
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
redis.call('HSET', meeting, 'state', 'ended', 'reason', reason, 'end_us', whole(now_us()))
redis.call('DEL', current)
end_floor_of_meeting(floor)
keep_for_meeting(meeting)
return {'ended'}
