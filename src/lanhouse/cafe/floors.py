"""The floors of the café (architecture 1.1): who may import whom, and the order of filling the demo
centre."""

from __future__ import annotations

CAFE_FLOORS: tuple[tuple[str, ...], ...] = (
    ("facts", "floors"),
    ("files", "centers", "settings"),
    ("money", "printing", "notify"),
    ("licence", "staff", "shifts", "groups", "members", "pcs"),
    ("pricing", "promo", "offers", "metering", "products"),
    ("own_limits", "topups", "payments", "loyalty", "minors"),
    ("registration", "sessions", "bookings", "orders"),
    ("floor", "receipts", "logs", "reports", "imports", "own_data", "accounting", "webhooks"),
    ("first_start", "desk", "portal", "client", "wall"),
    ("followers", "surfaces", "documented"),
)
"""Floors 0 to 9, each from left to right: a noun imports lower floors, and on its own floor what
stands left of it."""

CAFE_WINGS = ("news", "feedback", "messages", "events", "pools", "game_library", "boot", "mining")
"""Nouns beside the floors: they import floors 0 to WING_IMPORTS, floors from WING_USERS on import
them."""
WING_IMPORTS, WING_USERS = 3, 7
