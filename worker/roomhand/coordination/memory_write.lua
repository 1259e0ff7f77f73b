-- Keep how an agent is minded, for whoever takes it over.
--
-- KEYS
--   agents: hash, agent -> record
--   memory: hash, mind is how the agent is minded
-- ARGV
--   agent: who writes
--   epoch: its own
--   mind: JSON, or empty where nobody is to know
-- Returns
--   written
--   stale, epoch
--   no_record
local agents = KEYS[1]
local memory = KEYS[2]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local mind = ARGV[3]

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
if mind == '' then
  redis.call('HDEL', memory, 'mind')
  return {'written'}
end
redis.call('HSET', memory, 'mind', mind)
keep_for_room(memory)
return {'written'}
