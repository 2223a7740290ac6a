"""Protection of players: limits, exclusion, rules of a country, and where a launch comes from."""
