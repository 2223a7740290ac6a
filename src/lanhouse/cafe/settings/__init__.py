"""The settings of a centre under their wire names (cafe-domain 15)."""
