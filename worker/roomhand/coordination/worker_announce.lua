-- Note that a worker lives and what it runs, forget those that were not heard of for long, and tell the
-- worker whether it is to drain.
--
-- KEYS
--   workers: hash, id -> JSON
--   seen: sorted set, id -> when it was last heard of, in milliseconds
--   drains: set, ids of workers that are to drain
-- ARGV
--   id: of the worker
--   body: JSON
--   gone_ms: who was not heard of for so long is gone
-- Returns
--   noted
--   drain
local workers = KEYS[1]
local seen = KEYS[2]
local drains = KEYS[3]
local id = ARGV[1]
local body = ARGV[2]
local gone_ms = tonumber(ARGV[3])
local AT_ONCE = 100

local now_ms = math.floor(now_us() / 1000)
redis.call('HSET', workers, id, body)
redis.call('ZADD', seen, whole(now_ms), id)
local gone = redis.call('ZRANGEBYSCORE', seen, '-inf', whole(now_ms - gone_ms), 'LIMIT', 0, AT_ONCE)
for _, one in ipairs(gone) do
  redis.call('HDEL', workers, one)
  redis.call('ZREM', seen, one)
  redis.call('SREM', drains, one)
end
keep_for_room(workers)
keep_for_room(seen)
keep_for_room(drains)
if redis.call('SISMEMBER', drains, id) == 1 then
  return {'drain'}
end
return {'noted'}
