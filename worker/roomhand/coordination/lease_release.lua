-- Give an agent up. The epoch is spent: a late acquire or renew of it is refused. So may who was let in
-- and never came to own it, where nobody else does.
--
-- KEYS
--   agents: hash, agent -> record
-- ARGV
--   agent: its name
--   epoch: under which it is owned
--   owner: who asks
-- Returns
--   released
--   stale, epoch
--   no_record
local agents = KEYS[1]
local agent = ARGV[1]
local epoch = tonumber(ARGV[2])
local owner = ARGV[3]

local record = read_record(agents, agent)
local never_owned = record and record.minted == epoch and record.epoch < epoch
if not never_owned or record.deadline_us > now_us() then
  local refused = refusal(agents, agent, epoch)
  if refused then
    return refused
  end
  if record.owner ~= owner then
    return {'stale', whole(record.minted)}
  end
end
record.epoch = epoch
record.deadline_us = 0
record.owner = ''
write_record(agents, agent, record)
return {'released'}
