-- Be the room's scribe, or go on being it. Free is a record that is missing, past its deadline, or
-- of an agent that has another epoch since. An agent whose model gives no transcripts holds it only
-- until one comes whose model does. A new scribe is told up to when its predecessor had everything
-- in the transcript; where that one has left for good, nothing. An agent whose lease cannot be renewed
-- any more has lost the duty with it.
--
-- KEYS
--   agents: hash, agent -> record
--   scribe: hash, agent, epoch, deadline_us, able, heard_to_us; left_us is its predecessor's
-- ARGV
--   agent: who asks
--   epoch: its own
--   ttl_ms: length of the scribe's lease
--   able: 1 if its model gives transcripts, 0 if not
--   heard_to_us: Redis time up to which all it heard is in the transcript, 0 before it knows
-- Returns
--   granted, deadline_us, now_us, left_us
--   busy, agent, epoch, expires_in_ms
--   stale, epoch
--   no_record
local agents = KEYS[1]
local scribe = KEYS[2]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local ttl_ms = tonumber(ARGV[3])
local able = ARGV[4]
local heard_to_us = tonumber(ARGV[5])

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
local now = now_us()
local record = read_record(agents, agent)
if record.deadline_us <= now and record.minted > epoch then
  return {'stale', whole(record.minted)}
end
local held = redis.call('HMGET', scribe, 'agent', 'epoch', 'deadline_us', 'able', 'heard_to_us',
  'left_us')
local gives_way = held[4] == '0' and able == '1'
if held[1] and held[1] ~= agent and tonumber(held[3]) > now and not gives_way
  and not refusal(agents, held[1], tonumber(held[2])) then
  local left_ms = math.ceil((tonumber(held[3]) - now) / 1000)
  return {'busy', held[1], held[2], whole(left_ms)}
end
local ours = held[1] == agent and tonumber(held[2]) == epoch
local left_us = (ours and held[6] or held[5]) or '0'
local deadline_us = whole(now + ttl_ms * 1000)
redis.call('HSET', scribe, 'agent', agent, 'epoch', whole(epoch), 'deadline_us', deadline_us,
  'able', able, 'left_us', left_us)
if heard_to_us > 0 then
  redis.call('HSET', scribe, 'heard_to_us', whole(heard_to_us))
end
keep_for_room(scribe)
return {'granted', deadline_us, whole(now), left_us}
