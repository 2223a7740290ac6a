"""The eight games of House as pure functions: they know no wallet, session or table."""
