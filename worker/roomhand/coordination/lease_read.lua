-- Who owns an agent, and until when, as of Redis time.
--
-- KEYS
--   agents: hash, agent -> record
-- ARGV
--   agent: its name
-- Returns
--   record, minted, epoch, owner, deadline_us, now_us
--   no_record
local agents = KEYS[1]
local agent = ARGV[1]

local record = read_record(agents, agent)
if not record then
  return {'no_record'}
end
return {
  'record', whole(record.minted), whole(record.epoch), record.owner,
  whole(record.deadline_us), whole(now_us()),
}
