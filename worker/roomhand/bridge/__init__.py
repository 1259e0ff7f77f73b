"""Pure: what to send to a session, when to commit a turn, when to open and close."""
