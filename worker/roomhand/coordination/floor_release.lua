-- Give a request up, waiting or granted. What was revoked is free only now, or at its deadline.
--
-- KEYS
--   agents: hash, agent -> record
--   floor: hash, holder, last number, held_by, given, agent_turns, people
--   queue: sorted set, waiting agents by rank
--   requests: hash, agent -> its newest request
--   speaking: hash, "REPORTER TRACK" -> "EPOCH SINCE_US EXPIRES_US"
--   log: stream of what happened
--   events: channel of what happens
-- ARGV
--   agent: who asks
--   epoch: its own
--   id: of the request
-- Returns
--   released
--   revoked
--   cancelled
--   gone
--   stale, epoch
--   no_record
local agents = KEYS[1]
local floor = KEYS[2]
local queue = KEYS[3]
local requests = KEYS[4]
local speaking = KEYS[5]
local log = KEYS[6]
local events = KEYS[7]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local id = ARGV[3]

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
local room = read_room({
  agents = agents, floor = floor, queue = queue, requests = requests, speaking = speaking,
  log = log, events = events,
})
let_pass(room)
local known = read_request(room.keys, agent)
if not known or known.id ~= id or known.epoch ~= epoch
  or not (holds(known) or known.status == 'waiting') then
  serve(room)
  return {'gone'}
end
local before = known.status
if before == 'waiting' then
  happen(room, known, 'cancelled')
else
  happen(room, known, before == 'revoking' and 'revoked' or 'released')
end
serve(room)
if before == 'waiting' then
  return {'cancelled'}
elseif before == 'revoking' then
  return {'revoked'}
end
return {'released'}
