"""Taking all coins, or all points, from everybody."""
