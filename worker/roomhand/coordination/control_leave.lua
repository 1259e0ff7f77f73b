-- Stop watching a shard, so that another instance begins at once.
--
-- KEYS
--   shard: string, who watches it
-- ARGV
--   instance: who asks
-- Returns
--   left
--   not_watching
local shard = KEYS[1]
local instance = ARGV[1]

if redis.call('GET', shard) == instance then
  redis.call('DEL', shard)
  return {'left'}
end
return {'not_watching'}
