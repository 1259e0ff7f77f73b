-- Revoke whoever holds the floor.
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
--   by: who takes it
--   request_id: chosen by the moderator; empty: carried out whenever it is sent
-- Returns
--   taken, agent
--   free
local agents = KEYS[1]
local floor = KEYS[2]
local queue = KEYS[3]
local requests = KEYS[4]
local speaking = KEYS[5]
local log = KEYS[6]
local events = KEYS[7]
local results = KEYS[8]
local by = ARGV[1]
local request_id = ARGV[2]

return once(results, request_id, function()
  local room = read_room({
    agents = agents, floor = floor, queue = queue, requests = requests, speaking = speaking,
    log = log, events = events,
  })
  let_pass(room)
  room.given = ''
  room.waiting = nil
  redis.call('HDEL', floor, 'given', 'given_until_us')
  local holder = room.holder
  if holder and is_heard(holder) then
    tell(room, 'taken', by, nil, holder.agent)
    happen(room, holder, 'revoking', 'taken')
  end
  serve(room)
  if holder then
    return {'taken', holder.agent}
  end
  return {'free'}
end)
