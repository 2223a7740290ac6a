"""Events of a centre, the matches that are played there, and the ranks (cafe-domain 8)."""
