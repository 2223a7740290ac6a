"""Prices of PC time: rules per PC group, member group, weekday and time of day."""
