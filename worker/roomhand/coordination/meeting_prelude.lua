-- Put before the scripts of a meeting by scripts.py, after prelude.lua.

-- A meeting takes with it what moderators said of its floor, and how often agents have answered each
-- other. Grants and requests are their agents': they end with them, and numbers only grow.
local function end_floor_of_meeting(floor)
  redis.call('HDEL', floor, 'held_by', 'given', 'given_until_us', 'agent_turns')
end
