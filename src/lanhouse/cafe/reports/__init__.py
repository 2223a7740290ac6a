"""Reports: what came in, was sold, given back and played over a range of time."""
