"""The pages of the desk, over several nouns."""
