"""The café half: the cloud of a gaming centre, a folder per noun."""
