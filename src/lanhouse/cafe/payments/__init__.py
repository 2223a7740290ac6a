"""Payments by QR code from the portal and the seats: orders for them, gateways, what came in."""
