"""What an act on sessions would do, decided once: the command carries it out, a quote shows it."""
