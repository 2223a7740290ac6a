"""What knows no business: money, clock, ids, errors, lenient input, limits."""
