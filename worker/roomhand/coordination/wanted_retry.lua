-- End the wait between two attempts to send for an agent that is wanted. The count begins anew, for it is
-- long since the last one was made. Asking again under the same id changes nothing, and names the owner that
-- there was the first time.
--
-- KEYS
--   agents: hash, agent -> record
--   wanted: hash, agent -> desired state
--   results: hash, request id -> what became of it
-- ARGV
--   agent: its name
--   request_id: chosen by the caller; empty: carried out whenever it is sent
-- Returns
--   due, epoch, owner
--   already, epoch, owner
--   unwanted
local agents = KEYS[1]
local wanted = KEYS[2]
local results = KEYS[3]
local agent = ARGV[1]
local request_id = ARGV[2]

local state = read_wanted(wanted, agent)
if not state then
  return {'unwanted'}
end
local asked = 'redispatch ' .. request_id
local known = request_id ~= '' and redis.call('HGET', results, asked)
if known then
  local epoch, owner = string.match(known, '^(%d+) (.*)$')
  return {'already', epoch, owner}
end
local record = read_record(agents, agent) or {epoch = 0, owner = ''}
if request_id ~= '' then
  keep_result(results, asked, whole(record.epoch) .. ' ' .. record.owner)
end
state.sent_us = 0
write_wanted(wanted, agent, state)
return {'due', whole(record.epoch), record.owner}
