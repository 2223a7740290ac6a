"""Work on a clock and work for later: one ticker, one table-backed queue, one leader."""
