-- End the wait between two attempts to send for an agent that is wanted. The count begins anew, for it is
-- long since the last one was made.
--
-- KEYS
--   wanted: hash, agent -> desired state
-- ARGV
--   agent: its name
-- Returns
--   due
--   unwanted
local wanted = KEYS[1]
local agent = ARGV[1]

local state = read_wanted(wanted, agent)
if not state then
  return {'unwanted'}
end
state.sent_us = 0
write_wanted(wanted, agent, state)
return {'due'}
