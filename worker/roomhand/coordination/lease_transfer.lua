-- Hand an agent from one epoch to a higher one in one step: at no time is it free or owned twice.
--
-- KEYS
--   agents: hash, agent -> record
-- ARGV
--   agent: its name
--   old_epoch: that owns it now
--   epoch: of the successor, as minted by lease_reserve
--   owner: the successor
--   ttl_ms: length of its lease
-- Returns
--   granted, deadline_us, now_us
--   stale, epoch
--   no_record
local agents = KEYS[1]
local agent = ARGV[1]
local old_epoch = tonumber(ARGV[2])
local epoch = tonumber(ARGV[3])
local owner = ARGV[4]
local ttl_ms = tonumber(ARGV[5])

local refused = refusal(agents, agent, old_epoch)
if refused then
  return refused
end
local record = read_record(agents, agent)
if epoch <= record.epoch then
  return {'stale', whole(record.minted)}
end
local now = now_us()
write_record(agents, agent, {
  minted = math.max(record.minted, epoch),
  epoch = epoch,
  deadline_us = now + ttl_ms * 1000,
  owner = owner,
})
return {'granted', whole(now + ttl_ms * 1000), whole(now)}
