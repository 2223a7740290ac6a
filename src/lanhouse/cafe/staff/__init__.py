"""Staff: who works in a centre, their roles, signing in."""
