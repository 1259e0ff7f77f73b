-- Watch a shard, or go on watching it. Two that watch at once do no harm: what they do is decided by
-- the scripts of the rooms.
--
-- KEYS
--   shard: string, who watches it
-- ARGV
--   instance: who asks
--   ttl_ms: for how long
-- Returns
--   watching
--   watched, instance
local shard = KEYS[1]
local instance = ARGV[1]
local ttl_ms = tonumber(ARGV[2])

local holder = redis.call('GET', shard)
if holder and holder ~= instance then
  return {'watched', holder}
end
redis.call('SET', shard, instance, 'PX', whole(ttl_ms))
return {'watching'}
