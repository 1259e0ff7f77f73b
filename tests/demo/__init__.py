"""``make demo``: three people and an agent hold a spoken meeting through real servers."""
