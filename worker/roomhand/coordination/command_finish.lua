-- Write the outcome of a claimed command and take it from the stream.
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
--   outcome: JSON
-- Returns
--   finished
--   stale, epoch
--   no_record
local agents = KEYS[1]
local commands = KEYS[2]
local results = KEYS[3]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local entry = ARGV[3]
local request_id = ARGV[4]
local outcome = ARGV[5]

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
keep_result(results, request_id, outcome)
redis.call('XDEL', commands, entry)
return {'finished'}
