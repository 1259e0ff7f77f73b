-- Own an agent whose lease is free or past its deadline. Asking again for what one owns renews it.
-- Where Redis lost the record, the first to ask gets it: the epoch it brings becomes the last one.
--
-- KEYS
--   agents: hash, agent -> record
-- ARGV
--   agent: its name
--   epoch: as minted by lease_reserve
--   owner: who asks
--   ttl_ms: length of the lease
-- Returns
--   granted, deadline_us, now_us
--   busy, owner, epoch, expires_in_ms
--   stale, epoch
local agents = KEYS[1]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local owner = ARGV[3]
local ttl_ms = tonumber(ARGV[4])

local now = now_us()
local record = read_record(agents, agent)
if not record then
  note_loss(agents, now)
  record = {minted = 0, epoch = 0, deadline_us = 0, owner = ''}
end
local own = record.epoch == epoch and record.owner == owner
if epoch < record.epoch or (epoch == record.epoch and not own) then
  return {'stale', whole(math.max(record.epoch, record.minted))}
end
if not own and record.deadline_us > now then
  local left_ms = math.ceil((record.deadline_us - now) / 1000)
  return {'busy', record.owner, whole(record.epoch), whole(left_ms)}
end
write_record(agents, agent, {
  minted = math.max(record.minted, epoch),
  epoch = epoch,
  deadline_us = now + ttl_ms * 1000,
  owner = owner,
})
return {'granted', whole(now + ttl_ms * 1000), whole(now)}
