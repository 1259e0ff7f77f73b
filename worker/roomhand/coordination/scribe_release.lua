-- Stop being the scribe. Asking without being it changes nothing. Up to when it has heard stays for
-- its successor, unless nobody is to succeed it.
--
-- KEYS
--   agents: hash, agent -> record
--   scribe: hash, agent, epoch and deadline_us
-- ARGV
--   agent: who asks
--   epoch: its own
--   for_good: 1 where nobody is to succeed it, 0 elsewhere
-- Returns
--   released
--   not_scribe
--   stale, epoch
--   no_record
local agents = KEYS[1]
local scribe = KEYS[2]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local for_good = ARGV[3]

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
local held = redis.call('HMGET', scribe, 'agent', 'epoch')
if held[1] ~= agent or tonumber(held[2]) ~= epoch then
  return {'not_scribe'}
end
if for_good == '1' then
  redis.call('DEL', scribe)
else
  redis.call('HDEL', scribe, 'agent', 'epoch', 'deadline_us', 'able', 'left_us')
end
return {'released'}
