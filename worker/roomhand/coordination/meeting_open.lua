-- Join the running meeting of a LiveKit room, or begin one. A room sid that changed means another
-- run of the room: the old meeting is closed in the same step.
--
-- KEYS
--   agents: hash, agent -> record
--   current: string, id of the running meeting
--   latest: string, id of the newest meeting; stays when that has ended
--   meetings: sorted set, id -> start, of the newest meetings
--   running: hash of the meeting that the caller read from current (the candidate's, if none)
--   candidate: hash of the meeting to begin
--   floor: hash, holder, last number, held_by, given, agent_turns, people
-- ARGV
--   agent: who asks
--   epoch: its own
--   sid: LiveKit room sid
--   running_id: what the caller read from current, or empty
--   candidate_id: id of the meeting to begin
--   start_us: start of a meeting that Redis lost and the caller remembers, or 0 for now
-- Returns
--   joined, id, start_us, now_us
--   begun, id, start_us, now_us
--   erased, id, start_us, now_us
--   moved
--   stale, epoch
--   no_record
local agents = KEYS[1]
local current = KEYS[2]
local latest = KEYS[3]
local meetings = KEYS[4]
local running = KEYS[5]
local candidate = KEYS[6]
local floor = KEYS[7]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local sid = ARGV[3]
local running_id = ARGV[4]
local candidate_id = ARGV[5]
local start_us = tonumber(ARGV[6])
local MOST_MEETINGS = 1000

local function list(meeting, since_us)
  redis.call('ZADD', meetings, since_us, meeting)
  redis.call('ZREMRANGEBYRANK', meetings, 0, -1 - MOST_MEETINGS)
  keep_for_meeting(meetings)
end

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
if (redis.call('GET', current) or '') ~= running_id then
  return {'moved'}
end
local now = now_us()
if running_id ~= '' then
  local held = redis.call('HMGET', running, 'sid', 'start_us')
  if held[1] == sid then
    list(running_id, held[2])
    keep_for_meeting(current)
    keep_for_meeting(latest)
    keep_for_meeting(running)
    return {'joined', running_id, held[2], whole(now)}
  end
  redis.call('HSET', running, 'state', 'ended', 'reason', 'room_restarted', 'end_us', whole(now))
  end_floor_of_meeting(floor)
end
if start_us == 0 then
  start_us = now
end
if redis.call('HGET', candidate, 'state') == 'erased' then
  return {'erased', candidate_id, whole(start_us), whole(now)}
end
list(candidate_id, whole(start_us))
redis.call('HSET', candidate, 'sid', sid, 'state', 'open', 'start_us', whole(start_us))
redis.call('SET', current, candidate_id)
redis.call('SET', latest, candidate_id)
keep_for_meeting(candidate)
keep_for_meeting(current)
keep_for_meeting(latest)
return {'begun', candidate_id, whole(start_us), whole(now)}
