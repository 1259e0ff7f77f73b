-- Want an agent in the room from now on. Wanting it again changes nothing, but that a wait between two
-- attempts is over, and that it is not for an earlier time of the room: somebody asks for it now.
--
-- KEYS
--   wanted: hash, agent -> desired state
-- ARGV
--   agent: its name
--   by: who wants it
-- Returns
--   wanted, generation
--   already, generation
local wanted = KEYS[1]
local agent = ARGV[1]
local by = ARGV[2]

local now = now_us()
local state = read_wanted(wanted, agent)
if state then
  state.attempts = 0
  state.since_us = now
  write_wanted(wanted, agent, state)
  return {'already', whole(state.generation)}
end
write_wanted(wanted, agent, {
  generation = now, attempts = 0, sent_us = 0, since_us = now, succeeds = 0, by = by,
})
return {'wanted', whole(now)}
