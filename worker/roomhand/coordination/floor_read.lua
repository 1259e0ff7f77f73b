-- Who holds the floor, as of Redis time.
--
-- KEYS
--   agents: hash, agent -> record
--   floor: hash, agent, epoch, deadline_us, granted_us of the holder, and the last number
-- ARGV
-- Returns
--   held, agent, number, expires_in_ms
--   free
local agents = KEYS[1]
local floor = KEYS[2]

local now = now_us()
local held = redis.call('HMGET', floor, 'agent', 'epoch', 'number', 'deadline_us')
if not held[1] or tonumber(held[4]) <= now or refusal(agents, held[1], tonumber(held[2])) then
  return {'free'}
end
return {'held', held[1], held[3], whole(math.ceil((tonumber(held[4]) - now) / 1000))}
