"""Pages about a member."""
