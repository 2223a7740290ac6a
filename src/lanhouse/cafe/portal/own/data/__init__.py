"""The portal page about a member's own data."""
