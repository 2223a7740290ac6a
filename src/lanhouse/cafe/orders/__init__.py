"""Orders: what the shop sells, at the desk and at the seats, and how it is paid and given back."""
