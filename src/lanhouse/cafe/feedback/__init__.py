"""What customers write to the house."""
