"""Pure: who a voice belongs to, segments, the ledger of samples, the attributed memory."""
