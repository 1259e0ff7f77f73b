-- Write the ledger of one subscription, over what was written before.
--
-- KEYS
--   agents: hash, agent -> record
--   meeting: hash of the meeting
--   ledger: hash, subscription -> JSON
-- ARGV
--   agent: who writes
--   epoch: its own
--   subscription: which
--   body: JSON
-- Returns
--   written
--   erased
--   stale, epoch
--   no_record
local agents = KEYS[1]
local meeting = KEYS[2]
local ledger = KEYS[3]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local subscription = ARGV[3]
local body = ARGV[4]

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
if redis.call('HGET', meeting, 'state') == 'erased' then
  return {'erased'}
end
redis.call('HSET', ledger, subscription, body)
keep_for_meeting(ledger)
return {'written'}
