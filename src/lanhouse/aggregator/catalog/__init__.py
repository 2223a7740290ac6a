"""Which providers and games an agent can offer."""
