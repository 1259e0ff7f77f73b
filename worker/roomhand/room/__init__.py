"""One job: one agent in one room. Adapters to LiveKit and to plugin sessions."""
