"""What the games of House return: exact figures in two ways, and rounds played against them."""
