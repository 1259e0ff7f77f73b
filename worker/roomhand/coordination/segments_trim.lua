-- Let go of the oldest segments of a meeting, which are in the archive: by the scribe alone, and only
-- what follows on what was let go of before.
--
-- KEYS
--   agents: hash, agent -> record
--   scribe: hash, agent, epoch and deadline_us
--   meeting: hash of the meeting; archived_to is the last entry that was let go of
--   segments: stream of the meeting
--   appended: hash, segment id -> "REVISION ENTRY" of what is in the stream
-- ARGV
--   agent: who asks
--   epoch: its own
--   after: what the caller read from archived_to, or 0-0
--   to: token of the last segment to let go of
--   ids: of the segments to let go of, a JSON list
-- Returns
--   trimmed, count
--   moved, archived_to
--   no_meeting
--   erased
--   not_scribe
--   stale, epoch
--   no_record
local agents = KEYS[1]
local scribe = KEYS[2]
local meeting = KEYS[3]
local segments = KEYS[4]
local appended = KEYS[5]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local after = ARGV[3]
local to = ARGV[4]
local ids = ARGV[5]

local function is_after(ms, number, other_ms, other_number)
  if ms == other_ms then
    return tonumber(number) > tonumber(other_number)
  end
  return tonumber(ms) > tonumber(other_ms)
end

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
local held = redis.call('HMGET', scribe, 'agent', 'epoch')
if held[1] ~= agent or tonumber(held[2]) ~= epoch then
  return {'not_scribe'}
end
if redis.call('EXISTS', meeting) == 0 then
  return {'no_meeting'}
end
if redis.call('HGET', meeting, 'state') == 'erased' then
  return {'erased'}
end
local archived_to = redis.call('HGET', meeting, 'archived_to') or '0-0'
if archived_to ~= after then
  return {'moved', archived_to}
end
local last_ms, last_number = string.match(to, '^(%d+)-(%d+)$')
for _, id in ipairs(cjson.decode(ids)) do
  local ms, number = string.match(redis.call('HGET', appended, id) or '', '^%d+ (%d+)-(%d+)$')
  if ms and not is_after(ms, number, last_ms, last_number) then
    redis.call('HDEL', appended, id)
  end
end
local beyond = last_ms .. '-' .. whole(tonumber(last_number) + 1)
local count = redis.call('XTRIM', segments, 'MINID', '=', beyond)
redis.call('HSET', meeting, 'archived_to', to)
keep_for_meeting(meeting)
return {'trimmed', whole(count)}
