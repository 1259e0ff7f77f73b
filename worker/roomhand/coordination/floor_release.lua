-- Give the floor back. The number stays, so that the next grant's is higher.
--
-- KEYS
--   agents: hash, agent -> record
--   floor: hash, agent, epoch, deadline_us, granted_us of the holder, and the last number
-- ARGV
--   agent: who asks
--   epoch: its own
--   number: of the grant
-- Returns
--   released
--   gone
--   stale, epoch
--   no_record
local agents = KEYS[1]
local floor = KEYS[2]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local number = ARGV[3]

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
local held = redis.call('HMGET', floor, 'agent', 'epoch', 'number')
if held[1] ~= agent or tonumber(held[2]) ~= epoch or held[3] ~= number then
  return {'gone'}
end
redis.call('HDEL', floor, 'agent', 'epoch', 'deadline_us', 'granted_us')
return {'released'}
