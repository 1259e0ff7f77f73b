-- Want an agent no more: whoever was sent for is not let in, and nobody is sent for again.
--
-- KEYS
--   wanted: hash, agent -> desired state
--   instructions: hash, agent -> what it is told in this room
-- ARGV
--   agent: its name
-- Returns
--   stopped
--   unwanted
local wanted = KEYS[1]
local instructions = KEYS[2]
local agent = ARGV[1]

redis.call('HDEL', instructions, agent)
if redis.call('HDEL', wanted, agent) == 1 then
  return {'stopped'}
end
return {'unwanted'}
