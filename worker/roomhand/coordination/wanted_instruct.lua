-- Tell an agent that is wanted something for this room, beside what its profile says; instead of what it was told
-- before. Whoever runs it reads it, now or later.
--
-- KEYS
--   wanted: hash, agent -> desired state
--   instructions: hash, agent -> what it is told in this room
--   results: hash, request id -> what became of it
-- ARGV
--   agent: its name
--   told: the text; empty: nothing more than its profile says
--   request_id: chosen by the caller; empty: carried out whenever it is sent
-- Returns
--   told
--   already
--   unwanted
local wanted = KEYS[1]
local instructions = KEYS[2]
local results = KEYS[3]
local agent = ARGV[1]
local told = ARGV[2]
local request_id = ARGV[3]

if redis.call('HEXISTS', wanted, agent) == 0 then
  return {'unwanted'}
end
if request_id ~= '' then
  local asked = 'instruct ' .. request_id
  if redis.call('HEXISTS', results, asked) == 1 then
    return {'already'}
  end
  keep_result(results, asked, 'told')
end
if told == '' then
  redis.call('HDEL', instructions, agent)
else
  redis.call('HSET', instructions, agent, told)
  keep_for_meeting(instructions)
end
return {'told'}
