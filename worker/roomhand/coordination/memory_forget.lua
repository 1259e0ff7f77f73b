-- Forget how an agent was minded in a meeting that is erased; what it is in another stays.
--
-- KEYS
--   memory: hash, mind is how the agent is minded
-- ARGV
--   meeting: id of the meeting
-- Returns
--   forgotten
--   another
local memory = KEYS[1]
local meeting = ARGV[1]

local mind = redis.call('HGET', memory, 'mind')
if not mind or cjson.decode(mind).meeting ~= meeting then
  return {'another'}
end
redis.call('DEL', memory)
return {'forgotten'}
