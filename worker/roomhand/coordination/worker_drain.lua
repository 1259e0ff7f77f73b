-- Have a worker drain: it is told when it next says that it lives.
--
-- KEYS
--   seen: sorted set, id -> when it was last heard of, in milliseconds
--   drains: set, ids of workers that are to drain
-- ARGV
--   id: of the worker
--   gone_ms: who was not heard of for so long is gone
-- Returns
--   asked
--   unknown
local seen = KEYS[1]
local drains = KEYS[2]
local id = ARGV[1]
local gone_ms = tonumber(ARGV[2])

local seen_ms = redis.call('ZSCORE', seen, id)
if not seen_ms or tonumber(seen_ms) <= now_us() / 1000 - gone_ms then
  return {'unknown'}
end
redis.call('SADD', drains, id)
keep_for_room(drains)
return {'asked'}
