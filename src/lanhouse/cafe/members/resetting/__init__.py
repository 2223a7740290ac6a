"""A password that staff makes for a member."""
