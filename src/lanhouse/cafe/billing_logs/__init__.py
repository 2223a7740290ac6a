"""The billing log: one row per event that staff, members and reports look back at."""
