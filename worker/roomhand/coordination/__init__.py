"""Redis: keys, ownership, floor, meetings, transcripts, commands. One .lua file an operation."""
