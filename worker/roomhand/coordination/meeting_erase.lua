-- Erase a meeting that is over: all that Redis has of it. Its hash stays as a sign of that for as long
-- as a meeting is kept, so that what comes late is refused, and the same call again is answered.
--
-- KEYS
--   current: string, id of the running meeting
--   latest: string, id of the newest meeting; becomes the newest that is left
--   meetings: sorted set, id -> start
--   meeting: hash of the meeting
--   segments: stream of the meeting
--   appended: hash, segment id -> "REVISION ENTRY" of what is in the stream
--   ledger: hash, subscription -> JSON
-- ARGV
--   id: of the meeting
--   archived: 1 where the archive has something of it, else 0
-- Returns
--   erased
--   open
--   unknown
local current = KEYS[1]
local latest = KEYS[2]
local meetings = KEYS[3]
local meeting = KEYS[4]
local segments = KEYS[5]
local appended = KEYS[6]
local ledger = KEYS[7]
local id = ARGV[1]
local archived = ARGV[2]

if redis.call('GET', current) == id then
  return {'open'}
end
if redis.call('EXISTS', meeting) == 0 and archived ~= '1' then
  return {'unknown'}
end
redis.call('DEL', meeting, segments, appended, ledger)
redis.call('HSET', meeting, 'state', 'erased')
keep_for_meeting(meeting)
redis.call('ZREM', meetings, id)
if redis.call('GET', latest) == id then
  local newest = redis.call('ZREVRANGE', meetings, 0, 0)[1]
  if newest then
    redis.call('SET', latest, newest)
    keep_for_meeting(latest)
  else
    redis.call('DEL', latest)
  end
end
return {'erased'}
