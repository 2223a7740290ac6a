"""What is told to the outside while it happens."""
