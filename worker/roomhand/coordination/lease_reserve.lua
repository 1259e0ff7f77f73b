-- Mint an epoch for an agent. It owns nothing yet, and who owns the agent now goes on owning it.
-- Redis time is the floor, so that a failover that lost the record cannot issue an epoch again.
--
-- KEYS
--   agents: hash, agent -> record
-- ARGV
--   agent: its name
-- Returns
--   reserved, epoch
local agents = KEYS[1]
local agent = ARGV[1]

local record = read_record(agents, agent)
  or {minted = 0, epoch = 0, deadline_us = 0, owner = ''}
record.minted = math.max(record.minted + 1, now_us())
write_record(agents, agent, record)
return {'reserved', whole(record.minted)}
