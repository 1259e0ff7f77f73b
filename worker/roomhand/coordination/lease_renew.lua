-- Move the deadline of a lease one owns. Past its deadline it is renewed only while no higher epoch
-- was minted: a successor that was sent for has the right then.
--
-- KEYS
--   agents: hash, agent -> record
-- ARGV
--   agent: its name
--   epoch: under which it is owned
--   owner: who asks
--   ttl_ms: length of the lease from now
-- Returns
--   granted, deadline_us, now_us
--   stale, epoch
--   no_record
local agents = KEYS[1]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local owner = ARGV[3]
local ttl_ms = tonumber(ARGV[4])

local refused = refusal(agents, agent, epoch)
if refused then
  return refused
end
local now = now_us()
local record = read_record(agents, agent)
local succeeded = record.deadline_us <= now and record.minted > epoch
if record.owner ~= owner or succeeded then
  return {'stale', whole(record.minted)}
end
record.deadline_us = now + ttl_ms * 1000
write_record(agents, agent, record)
return {'granted', whole(record.deadline_us), whole(now)}
