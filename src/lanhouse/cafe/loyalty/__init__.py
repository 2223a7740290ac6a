"""Points and the groups that follow them."""
