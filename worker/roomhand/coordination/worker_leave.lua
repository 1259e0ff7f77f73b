-- Forget a worker that ends.
--
-- KEYS
--   workers: hash, id -> JSON
--   seen: sorted set, id -> when it was last heard of, in milliseconds
--   drains: set, ids of workers that are to drain
-- ARGV
--   id: of the worker
-- Returns
--   left
local workers = KEYS[1]
local seen = KEYS[2]
local drains = KEYS[3]
local id = ARGV[1]

redis.call('HDEL', workers, id)
redis.call('ZREM', seen, id)
redis.call('SREM', drains, id)
return {'left'}
