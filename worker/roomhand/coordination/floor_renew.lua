-- Move the deadline of a grant, never beyond its longest talk and grace. An expired grant stays
-- expired: the holder asks for a new one.
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
--   number: of the grant
--   ttl_ms: length of the grant from now
--   begun: 1 once its first audio has been played, else 0
-- Returns
--   granted, number, deadline_us, talk_until_us, ends_us, now_us
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
local number = tonumber(ARGV[3])
local ttl_ms = tonumber(ARGV[4])
local begun = tonumber(ARGV[5])

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
local room = read_room({
  agents = agents, floor = floor, queue = queue, requests = requests, speaking = speaking,
  log = log, events = events,
})
let_pass(room)
local holder = room.holder
if holder and holder.agent == agent and holder.number == number and is_heard(holder) then
  if begun == 1 and holder.began_us == 0 then
    holder.began_us = math.min(room.now, begins_by_us(holder))
  end
  holder.deadline_us = math.min(room.now + ttl_ms * 1000, ends_us(holder))
  write_request(room.keys, holder)
end
serve(room)
local known = read_request(room.keys, agent)
if not known or known.epoch ~= epoch or known.number ~= number then
  return {'gone', 'expired', ''}
end
if not is_heard(known) then
  return {'gone', known.status, known.why}
end
return {
  'granted', whole(known.number), whole(known.deadline_us),
  whole(talk_until_us(known)), whole(ends_us(known)), whole(room.now),
}
