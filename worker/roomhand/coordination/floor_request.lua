-- Ask for the floor, or ask again what became of it: the same id keeps its place and its grant, and
-- is only seen to be alive. A new id takes the place of what the agent asked before.
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
--   reason: why it wants to speak
--   answers: segment that it answers
--   priority: 0 to 10
--   ttl_ms: length of a grant that is not renewed
--   worth_ms: how long it may wait
--   waited_ms: how long it has waited under an earlier id
--   begin_ms: from the grant to the first audio, at most; from then on the longest talk runs
--   max_talk_ms: longest talk
--   grace_ms: to finish a sentence after it
--   turns_limit: with reason agent, turns of agents since a person last spoke
-- Returns
--   granted, number, deadline_us, talk_until_us, ends_us, now_us
--   waiting, position, obstacle, holder
--   gone, status, why
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
local reason = ARGV[4]
local answers = ARGV[5]
local priority = tonumber(ARGV[6])
local ttl_ms = tonumber(ARGV[7])
local worth_ms = tonumber(ARGV[8])
local waited_ms = tonumber(ARGV[9])
local begin_ms = tonumber(ARGV[10])
local max_talk_ms = tonumber(ARGV[11])
local grace_ms = tonumber(ARGV[12])
local turns_limit = tonumber(ARGV[13])

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
if known and known.epoch == epoch and known.id == id then
  if known.status == 'waiting' then
    known.alive_until_us = room.now + ALIVE_US
    write_request(room.keys, known)
    room.waiting = nil
  end
else
  if known and known.status == 'waiting' then
    happen(room, known, 'replaced')
  elseif known and holds(known) then
    happen(room, known, known.status == 'revoking' and 'revoked' or 'released')
  end
  known = {
    agent = agent, epoch = epoch, id = id, reason = reason, answers = answers,
    priority = priority, turns_limit = turns_limit, why = '', number = 0,
    ttl_us = ttl_ms * 1000, begin_us = begin_ms * 1000,
    talk_us = max_talk_ms * 1000, grace_us = grace_ms * 1000,
    arrived_us = room.now - waited_ms * 1000,
    alive_until_us = room.now + ALIVE_US,
    expires_us = room.now + worth_ms * 1000,
    granted_us = 0, began_us = 0, deadline_us = 0,
  }
  redis.call('ZADD', queue, whole(known.arrived_us - priority * RISE_US), agent)
  keep_for_room(queue)
  happen(room, known, 'waiting')
  if beyond_limit(room, known) then
    happen(room, known, 'denied', 'loop_limit')
  end
end
serve(room)
known = read_request(room.keys, agent)
if is_heard(known) then
  return {
    'granted', whole(known.number), whole(known.deadline_us),
    whole(talk_until_us(known)), whole(ends_us(known)), whole(room.now),
  }
end
if known.status == 'waiting' then
  local holder = room.holder and room.holder.agent or ''
  return {'waiting', whole(position(room, agent)), obstacle(room) or '', holder}
end
return {'gone', known.status, known.why}
