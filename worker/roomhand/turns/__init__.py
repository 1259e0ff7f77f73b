"""Pure: when speech begins and ends, who was addressed, who may speak, who stops."""
