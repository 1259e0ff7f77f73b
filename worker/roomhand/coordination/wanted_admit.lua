-- Let in who was sent for an agent: mint the epoch under which it may acquire it. While somebody owns
-- the agent, that is only whom this owner has asked for as its successor. Generation 0 is a
-- dispatch that was not made here. A dispatch may be brought several times at once: of one generation
-- one is let in, and nobody else until it owns the agent or has not come in time.
--
-- KEYS
--   agents: hash, agent -> record
--   wanted: hash, agent -> desired state
-- ARGV
--   agent: its name
--   generation: of the dispatch
--   comes_ms: whoever was let in is awaited for so long
-- Returns
--   admitted, epoch
--   coming, epoch
--   owned, owner, expires_in_ms
--   overtaken, generation
--   unwanted
local agents = KEYS[1]
local wanted = KEYS[2]
local agent = ARGV[1]
local generation = tonumber(ARGV[2])
local comes_ms = tonumber(ARGV[3])

local state = read_wanted(wanted, agent)
if generation > 0 and not state then
  return {'unwanted'}
end
if generation > 0 and generation < state.generation then
  return {'overtaken', whole(state.generation)}
end
local now = now_us()
local record = read_record(agents, agent)
  or {minted = 0, epoch = 0, deadline_us = 0, owner = ''}
local succeeds = generation > 0 and state.succeeds == record.epoch
if record.deadline_us > now and not succeeds then
  return {'owned', record.owner, whole(math.ceil((record.deadline_us - now) / 1000))}
end
local sent_us = generation > 0 and state.sent_us or 0
if is_coming(record, sent_us, comes_ms, now) then
  return {'coming', whole(record.minted)}
end
record.minted = math.max(record.minted + 1, now)
write_record(agents, agent, record)
return {'admitted', whole(record.minted)}
