-- Grant the floor to nobody from now on, or grant it again. Who has it keeps it.
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
--   by: who holds it back, or lets it go
--   held: 1 to hold, 0 to resume
--   request_id: chosen by the moderator; empty: carried out whenever it is sent
-- Returns
--   done
local agents = KEYS[1]
local floor = KEYS[2]
local queue = KEYS[3]
local requests = KEYS[4]
local speaking = KEYS[5]
local log = KEYS[6]
local events = KEYS[7]
local results = KEYS[8]
local by = ARGV[1]
local held = tonumber(ARGV[2])
local request_id = ARGV[3]

return once(results, request_id, function()
  local room = read_room({
    agents = agents, floor = floor, queue = queue, requests = requests, speaking = speaking,
    log = log, events = events,
  })
  let_pass(room)
  if held == 1 then
    room.held_by = by
    set_floor(room, 'held_by', by)
    tell(room, 'held', by)
  else
    room.held_by = ''
    redis.call('HDEL', floor, 'held_by')
    tell(room, 'resumed', by)
  end
  serve(room)
  return {'done'}
end)
