-- Grant the floor to an agent if nobody else holds it. The number only grows, over every holder and
-- every loss of the record, so that an older grant is never taken for a newer one.
--
-- KEYS
--   agents: hash, agent -> record
--   floor: hash, agent, epoch, deadline_us, granted_us of the holder, and the last number
-- ARGV
--   agent: who asks
--   epoch: its own
--   ttl_ms: length of the grant
-- Returns
--   granted, number, deadline_us, now_us
--   busy, agent, expires_in_ms
--   stale, epoch
--   no_record
local agents = KEYS[1]
local floor = KEYS[2]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local ttl_ms = tonumber(ARGV[3])

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
local now = now_us()
local held = redis.call('HMGET', floor, 'agent', 'epoch', 'deadline_us', 'number')
if held[1] and held[1] ~= agent and tonumber(held[3]) > now
  and not refusal(agents, held[1], tonumber(held[2])) then
  return {'busy', held[1], whole(math.ceil((tonumber(held[3]) - now) / 1000))}
end
local number = whole(math.max(tonumber(held[4] or '0') + 1, now))
local deadline_us = whole(now + ttl_ms * 1000)
redis.call('HSET', floor, 'agent', agent, 'epoch', whole(epoch), 'number', number,
  'deadline_us', deadline_us, 'granted_us', whole(now))
keep_for_room(floor)
return {'granted', number, deadline_us, whole(now)}
