-- Append one revision of a final segment. What the stream already has in this or a later revision
-- is not appended again: a caller whose answer was lost asks again.
--
-- KEYS
--   agents: hash, agent -> record
--   scribe: hash, agent, epoch and deadline_us
--   segments: stream of the meeting
--   appended: hash, segment id -> "REVISION ENTRY" of what is in the stream
-- ARGV
--   agent: who writes
--   epoch: its own
--   role: scribe (people's words) or agent (its own)
--   id: of the segment
--   revision: of the segment
--   body: JSON
-- Returns
--   appended, entry
--   already, entry
--   not_scribe, agent
--   no_scribe
--   stale, epoch
--   no_record
local agents = KEYS[1]
local scribe = KEYS[2]
local segments = KEYS[3]
local appended = KEYS[4]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local role = ARGV[3]
local id = ARGV[4]
local revision = tonumber(ARGV[5])
local body = ARGV[6]

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
if role == 'scribe' then
  local held = redis.call('HMGET', scribe, 'agent', 'epoch')
  if not held[1] then
    return {'no_scribe'}
  end
  if held[1] ~= agent or tonumber(held[2]) ~= epoch then
    return {'not_scribe', held[1]}
  end
end
local known = redis.call('HGET', appended, id)
if known then
  local known_revision, entry = string.match(known, '^(%d+) (.+)$')
  if tonumber(known_revision) >= revision then
    return {'already', entry}
  end
end
local entry = redis.call('XADD', segments, '*', 'segment', body, 'agent', agent,
  'epoch', whole(epoch))
redis.call('HSET', appended, id, whole(revision) .. ' ' .. entry)
keep_for_meeting(segments)
keep_for_meeting(appended)
return {'appended', entry}
