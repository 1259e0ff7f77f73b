-- Ask for a successor of the agent's owner, who goes on owning it until he hands it over.
--
-- KEYS
--   agents: hash, agent -> record
--   wanted: hash, agent -> desired state
-- ARGV
--   agent: its name
--   epoch: of its owner, who asks
-- Returns
--   send, generation
--   unwanted
--   stale, epoch
--   no_record
local agents = KEYS[1]
local wanted = KEYS[2]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
local state = read_wanted(wanted, agent)
if not state then
  return {'unwanted'}
end
state.generation = state.generation + 1
state.sent_us = now_us()
state.succeeds = epoch
write_wanted(wanted, agent, state)
return {'send', whole(state.generation)}
