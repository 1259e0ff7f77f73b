-- End a meeting whose room is gone, from outside: only where no agent is left that would do it.
--
-- KEYS
--   agents: hash, agent -> record
--   current: string, id of the running meeting
--   meeting: hash of the meeting
--   floor: hash, holder, last number, held_by, given, agent_turns, people
-- ARGV
--   id: of the meeting
--   reason: why it ends
-- Returns
--   ended
--   not_current
--   attended, agent
local agents = KEYS[1]
local current = KEYS[2]
local meeting = KEYS[3]
local floor = KEYS[4]
local id = ARGV[1]
local reason = ARGV[2]

if redis.call('GET', current) ~= id then
  return {'not_current'}
end
local now = now_us()
local known = redis.call('HGETALL', agents)
for at = 1, #known, 2 do
  local agent = known[at]
  local record = read_record(agents, agent)
  if record and record.deadline_us and record.deadline_us > now then
    return {'attended', agent}
  end
end
redis.call('HSET', meeting, 'state', 'ended', 'reason', reason, 'end_us', whole(now))
redis.call('DEL', current)
end_floor_of_meeting(floor)
keep_for_meeting(meeting)
return {'ended'}
