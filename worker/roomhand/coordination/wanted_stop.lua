-- Want an agent no more: whoever was sent for is not let in, and nobody is sent for again. Who says so of
-- a room that has closed says when: what was asked for since then is for the room's next time.
--
-- KEYS
--   wanted: hash, agent -> desired state
--   instructions: hash, agent -> what it is told in this room
-- ARGV
--   agent: its name
--   closed_us: what was asked for since then stays; empty: nothing does
-- Returns
--   stopped
--   newer
--   unwanted
local wanted = KEYS[1]
local instructions = KEYS[2]
local agent = ARGV[1]
local closed_us = tonumber(ARGV[2])

local state = read_wanted(wanted, agent)
if state and closed_us and state.since_us >= closed_us then
  return {'newer'}
end
redis.call('HDEL', instructions, agent)
if redis.call('HDEL', wanted, agent) == 1 then
  return {'stopped'}
end
return {'unwanted'}
