-- Move the deadline of a grant. An expired grant stays expired: the holder asks for a new one.
--
-- KEYS
--   agents: hash, agent -> record
--   floor: hash, agent, epoch, deadline_us, granted_us of the holder, and the last number
-- ARGV
--   agent: who asks
--   epoch: its own
--   number: of the grant
--   ttl_ms: length of the grant from now
-- Returns
--   granted, number, deadline_us, now_us
--   gone
--   stale, epoch
--   no_record
local agents = KEYS[1]
local floor = KEYS[2]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local number = ARGV[3]
local ttl_ms = tonumber(ARGV[4])

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
local now = now_us()
local held = redis.call('HMGET', floor, 'agent', 'epoch', 'number', 'deadline_us')
if held[1] ~= agent or tonumber(held[2]) ~= epoch or held[3] ~= number
  or tonumber(held[4]) <= now then
  return {'gone'}
end
local deadline_us = whole(now + ttl_ms * 1000)
redis.call('HSET', floor, 'deadline_us', deadline_us)
return {'granted', number, deadline_us, whole(now)}
