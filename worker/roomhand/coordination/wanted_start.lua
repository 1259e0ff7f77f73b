-- Want an agent in the room from now on. Wanting it again changes nothing, but that a wait between two
-- attempts is over: somebody asks for it now.
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

local state = read_wanted(wanted, agent)
if state then
  state.attempts = 0
  write_wanted(wanted, agent, state)
  return {'already', whole(state.generation)}
end
local now = now_us()
write_wanted(wanted, agent, {
  generation = now, attempts = 0, sent_us = 0, since_us = now, succeeds = 0, by = by,
})
return {'wanted', whole(now)}
