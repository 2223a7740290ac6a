"""What the house knows of a member: handed out to him, and forgotten."""
