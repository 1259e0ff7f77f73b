-- The floor as of Redis time. Nothing is changed: what time has ended is left out.
--
-- KEYS
--   agents: hash, agent -> record
--   floor: hash, holder, last number, held_by, given, agent_turns, people
--   queue: sorted set, waiting agents by rank
--   requests: hash, agent -> its newest request
--   speaking: hash, "REPORTER TRACK" -> "EPOCH SINCE_US EXPIRES_US"
--   log: stream of what happened
-- ARGV
-- Returns
--   floor, holder, queue, speaking, held_by, given, agent_turns, now_us, newest
local agents = KEYS[1]
local floor = KEYS[2]
local queue = KEYS[3]
local requests = KEYS[4]
local speaking = KEYS[5]
local log = KEYS[6]

local keys = {
  agents = agents, floor = floor, queue = queue, requests = requests, speaking = speaking,
}
local room = read_room(keys)
local heard = {}
for field in pairs((live_speech(keys, room.now))) do
  heard[#heard + 1] = field
end
local holder = room.holder
if holder and (holder.deadline_us <= room.now or refusal(agents, holder.agent, holder.epoch)) then
  holder = nil
end
local function packed(request)
  return redis.call('HGET', requests, request.agent)
end
local waits = {}
for _, request in ipairs((waiting(room))) do
  waits[#waits + 1] = packed(request)
end
local told = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
return {
  'floor', holder and packed(holder) or '', '[' .. table.concat(waits, ',') .. ']',
  table.concat(heard, '\n'), room.held_by, room.given, whole(room.agent_turns), whole(room.now),
  told and told[1] or '0-0',
}
