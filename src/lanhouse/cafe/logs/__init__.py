"""Reading the billing log."""
