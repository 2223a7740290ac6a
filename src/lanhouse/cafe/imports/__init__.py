"""Members that come in as a list: from a file, or from another centre of this server."""
