"""Limits that a member sets himself: play time a day, no play late, top-ups a month, a break."""
