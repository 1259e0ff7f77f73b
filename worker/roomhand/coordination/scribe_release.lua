-- Stop being the scribe. Asking without being it changes nothing.
--
-- KEYS
--   agents: hash, agent -> record
--   scribe: hash, agent, epoch and deadline_us
-- ARGV
--   agent: who asks
--   epoch: its own
-- Returns
--   released
--   not_scribe
--   stale, epoch
--   no_record
local agents = KEYS[1]
local scribe = KEYS[2]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
local held = redis.call('HMGET', scribe, 'agent', 'epoch')
if held[1] ~= agent or tonumber(held[2]) ~= epoch then
  return {'not_scribe'}
end
redis.call('DEL', scribe)
return {'released'}
