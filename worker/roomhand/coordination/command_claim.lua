-- Claim a command before carrying it out, so that no process ever does it twice. One that an
-- earlier process claimed and did not finish may have happened: it gets the outcome "lost". The
-- same process may claim again what it has not begun, because an answer can be lost.
--
-- KEYS
--   agents: hash, agent -> record
--   commands: stream of the agent's commands
--   results: hash, request id -> "sent", "claimed EPOCH", or the outcome as JSON
-- ARGV
--   agent: whose command it is
--   epoch: its own
--   entry: of the command in the stream
--   request_id: of the command
--   expires_us: of the command
--   expired: outcome to write for one that is too late, JSON
--   lost: outcome to write for one that an earlier process began, JSON
-- Returns
--   claimed
--   settled
--   stale, epoch
--   no_record
local agents = KEYS[1]
local commands = KEYS[2]
local results = KEYS[3]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local entry = ARGV[3]
local request_id = ARGV[4]
local expires_us = tonumber(ARGV[5])
local expired = ARGV[6]
local lost = ARGV[7]

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
local known = redis.call('HGET', results, request_id)
local claim = 'claimed ' .. whole(epoch)
if known == claim or (known == 'sent' and expires_us > now_us()) then
  redis.call('HSET', results, request_id, claim)
  return {'claimed'}
end
if known == 'sent' then
  redis.call('HSET', results, request_id, expired)
elseif known and string.sub(known, 1, 8) == 'claimed ' then
  redis.call('HSET', results, request_id, lost)
end
redis.call('XDEL', commands, entry)
return {'settled'}
