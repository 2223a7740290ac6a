"""Passwords of bookings, made at the edge."""

from __future__ import annotations

import asyncio
import secrets

from lanhouse.cafe.bookings.commands import BookingPassword
from lanhouse.kit import ids

PASSWORD_DIGITS = 6


async def new_passwords(count: int) -> list[BookingPassword]:
    """So many passwords of six digits, hashed in a thread since that is slow on purpose."""
    return await asyncio.to_thread(lambda: [_new_password() for _ in range(count)])


def _new_password() -> BookingPassword:
    password = f"{secrets.randbelow(10**PASSWORD_DIGITS):0{PASSWORD_DIGITS}d}"
    salt = secrets.token_hex(8)
    return BookingPassword(password, f"{salt}${ids.slow_hash(password, salt)}")
