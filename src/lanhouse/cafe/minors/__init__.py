"""Rules for minors: in which hours who may not play, and what lifts or proves it."""
