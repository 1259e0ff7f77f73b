-- Append one revision of a final segment. What the stream already has in this or a later revision
-- is not appended again: a caller whose answer was lost asks again. Where the segment began before
-- the last one of which the stream has let go, it may have been there: the caller looks into the
-- archive and asks again.
--
-- KEYS
--   agents: hash, agent -> record
--   scribe: hash, agent, epoch and deadline_us
--   meeting: hash of the meeting; archived_to is the last entry that the stream has let go of
--   segments: stream of the meeting
--   appended: hash, segment id -> "REVISION ENTRY" of what is in the stream
-- ARGV
--   agent: who writes
--   epoch: its own
--   role: scribe (people's words) or agent (its own)
--   id: of the segment
--   revision: of the segment
--   start_ms: its onset in meeting time
--   checked: token up to which the archive does not have this revision, or empty
--   body: JSON
-- Returns
--   appended, entry
--   already, entry
--   unsure, archived_to
--   erased
--   not_scribe, agent
--   no_scribe
--   stale, epoch
--   no_record
local agents = KEYS[1]
local scribe = KEYS[2]
local meeting = KEYS[3]
local segments = KEYS[4]
local appended = KEYS[5]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local role = ARGV[3]
local id = ARGV[4]
local revision = tonumber(ARGV[5])
local start_ms = tonumber(ARGV[6])
local checked = ARGV[7]
local body = ARGV[8]
-- The onset is by the writer's measure of Redis time.
local SLACK_MS = 10000

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
if redis.call('HGET', meeting, 'state') == 'erased' then
  return {'erased'}
end
local known = redis.call('HGET', appended, id)
if known then
  local known_revision, entry = string.match(known, '^(%d+) (.+)$')
  if tonumber(known_revision) >= revision then
    return {'already', entry}
  end
end
local start_us, archived_to = unpack(redis.call('HMGET', meeting, 'start_us', 'archived_to'))
if archived_to and archived_to ~= checked and start_us then
  local archived_ms = tonumber(string.match(archived_to, '^%d+'))
  if tonumber(start_us) / 1000 + start_ms <= archived_ms + SLACK_MS then
    return {'unsure', archived_to}
  end
end
local entry = redis.call('XADD', segments, '*', 'segment', body, 'agent', agent,
  'epoch', whole(epoch))
redis.call('HSET', appended, id, whole(revision) .. ' ' .. entry)
keep_for_meeting(segments)
keep_for_meeting(appended)
return {'appended', entry}
