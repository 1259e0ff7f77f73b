-- Make an agent the next, before all others. Whoever holds the floor is revoked for it as soon as
-- it waits, so that an agent that never asks costs nobody the floor.
--
-- KEYS
--   agents: hash, agent -> record
--   floor: hash, holder, last number, held_by, given, agent_turns, people
--   queue: sorted set, waiting agents by rank
--   requests: hash, agent -> its newest request
--   speaking: hash, "REPORTER TRACK" -> "EPOCH SINCE_US EXPIRES_US"
--   log: stream of what happened
--   events: channel of what happens
--   results: hash, request id -> what its moderator was answered
-- ARGV
--   to: the agent
--   by: who gives it the floor
--   request_id: chosen by the moderator; empty: carried out whenever it is sent
-- Returns
--   granted
--   waiting
--   not_asked
local agents = KEYS[1]
local floor = KEYS[2]
local queue = KEYS[3]
local requests = KEYS[4]
local speaking = KEYS[5]
local log = KEYS[6]
local events = KEYS[7]
local results = KEYS[8]
local to = ARGV[1]
local by = ARGV[2]
local request_id = ARGV[3]

return once(results, request_id, function()
  local room = read_room({
    agents = agents, floor = floor, queue = queue, requests = requests, speaking = speaking,
    log = log, events = events,
  })
  let_pass(room)
  room.given = to
  room.waiting = nil
  set_floor(room, 'given', to, 'given_until_us', whole(room.now + GIVEN_US))
  tell(room, 'given', by, nil, to)
  serve(room)
  if room.holder and room.holder.agent == to then
    return {'granted'}
  elseif position(room, to) > 0 then
    return {'waiting'}
  end
  return {'not_asked'}
end)
