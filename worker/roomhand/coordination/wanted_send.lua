-- Decide whether an agent has to be sent for now. The answer 'send' is given once for an attempt, however
-- many ask. Whoever was sent for is waited for, and longer once a worker has let it in: its process may
-- be slow to begin, and another beside it makes both slower. One who came and is gone is not waited for.
-- From the third attempt on there is a pause in any case, which doubles until the agent has stayed.
--
-- KEYS
--   agents: hash, agent -> record
--   wanted: hash, agent -> desired state
-- ARGV
--   agent: its name
--   patience_ms: given to whoever was sent for
--   longest_ms: the longest pause
--   stays_ms: an agent that was not asked for again for so long has stayed
--   comes_ms: whoever was let in is awaited for so long
-- Returns
--   send, generation, attempts
--   running, deadline_us
--   waiting, next_us
--   unwanted
local agents = KEYS[1]
local wanted = KEYS[2]
local agent = ARGV[1]
local patience_ms = tonumber(ARGV[2])
local longest_ms = tonumber(ARGV[3])
local stays_ms = tonumber(ARGV[4])
local comes_ms = tonumber(ARGV[5])

local state = read_wanted(wanted, agent)
if not state then
  return {'unwanted'}
end
local now = now_us()
local record = read_record(agents, agent)
if record and record.deadline_us > now then
  return {'running', whole(record.deadline_us)}
end
-- The epoch is the Redis time in microseconds at which its owner was let in.
local came = record and record.epoch >= state.sent_us
local pause_ms = came and 0 or patience_ms
if state.attempts > 2 then
  pause_ms = math.min(longest_ms, patience_ms * 2 ^ (state.attempts - 2))
end
local next_us = state.sent_us + pause_ms * 1000
if state.sent_us > 0 and is_coming(record, state.sent_us, comes_ms, now) then
  next_us = math.max(next_us, record.minted + comes_ms * 1000)
end
if next_us > now then
  return {'waiting', whole(next_us)}
end
if now - next_us > stays_ms * 1000 then
  state.attempts = 0
end
state.attempts = state.attempts + 1
state.generation = state.generation + 1
state.sent_us = now
state.succeeds = 0
write_wanted(wanted, agent, state)
return {'send', whole(state.generation), whole(state.attempts)}
