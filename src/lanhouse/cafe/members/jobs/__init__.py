"""What is done for members in the background."""
