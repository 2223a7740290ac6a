"""Server-rendered pages: what they share."""
