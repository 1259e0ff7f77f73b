-- Queue a command for an agent, once for each request id. One that waits is taken by whoever comes where
-- the agent is wanted and nobody owns it.
--
-- KEYS
--   agents: hash, agent -> record
--   wanted: hash, agent -> desired state
--   commands: stream of the agent's commands
--   results: hash, request id -> "sent", "claimed EPOCH", or the outcome as JSON
-- ARGV
--   agent: for whom
--   request_id: chosen by the caller
--   body: JSON
--   ttl_ms: after which it is not carried out any more
--   limit: commands that may wait
--   waits: 1, or 0 for one that is meant for the present owner
-- Returns
--   sent
--   known, result
--   full, waiting
--   not_running
local agents = KEYS[1]
local wanted = KEYS[2]
local commands = KEYS[3]
local results = KEYS[4]
local agent = ARGV[1]
local request_id = ARGV[2]
local body = ARGV[3]
local ttl_ms = tonumber(ARGV[4])
local limit = tonumber(ARGV[5])
local waits = tonumber(ARGV[6])

local known = redis.call('HGET', results, request_id)
if known then
  return {'known', known}
end
local record = read_record(agents, agent)
local owned = record and record.owner ~= ''
local comes = waits == 1 and redis.call('HEXISTS', wanted, agent) == 1
if not owned and not comes then
  return {'not_running'}
end
local waiting = redis.call('XLEN', commands)
if waiting >= limit then
  return {'full', whole(waiting)}
end
local expires_us = whole(now_us() + ttl_ms * 1000)
redis.call('XADD', commands, '*', 'request_id', request_id, 'body', body,
  'expires_us', expires_us)
keep_result(results, request_id, 'sent')
keep_for_room(commands)
return {'sent'}
