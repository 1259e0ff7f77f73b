-- Write the ledger of one subscription, over what was written before.
--
-- KEYS
--   agents: hash, agent -> record
--   ledger: hash, subscription -> JSON
-- ARGV
--   agent: who writes
--   epoch: its own
--   subscription: which
--   body: JSON
-- Returns
--   written
--   stale, epoch
--   no_record
local agents = KEYS[1]
local ledger = KEYS[2]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local subscription = ARGV[3]
local body = ARGV[4]

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
redis.call('HSET', ledger, subscription, body)
keep_for_meeting(ledger)
return {'written'}
