-- Tell on which tracks an agent hears speech now: these, and no others. Again while it lasts.
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
--   agent: who hears it
--   epoch: its own
--   tracks: track sids with a space between
-- Returns
--   noted
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
local tracks = ARGV[3]

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
local room = read_room({
  agents = agents, floor = floor, queue = queue, requests = requests, speaking = speaking,
  log = log, events = events,
})
let_pass(room)
local now_heard = {}
for track in string.gmatch(tracks, '%S+') do
  now_heard[agent .. ' ' .. track] = track
end
local over = {}
for field, report in pairs(room.speech) do
  if report.reporter == agent and not now_heard[field] then
    over[#over + 1] = report
  end
end
for _, stopped in ipairs(over) do
  drop_report(room, agent .. ' ' .. stopped.track)
  if room.holder and room.holder.agent == agent then
    for field, report in pairs(room.speech) do
      if report.track == stopped.track then
        report.since_us = room.now
        write_report(room, field, report)
      end
    end
  end
end
for field, track in pairs(now_heard) do
  local known = room.speech[field]
  write_report(room, field, {
    reporter = agent, track = track, epoch = epoch,
    since_us = known and known.since_us or room.now,
    expires_us = room.now + SPEECH_US,
  })
end
note_people(room)
serve(room)
return {'noted'}
