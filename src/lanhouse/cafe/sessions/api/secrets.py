"""Passwords for guests whom a call starts."""

from __future__ import annotations

from collections.abc import Sequence

from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.members.commands.guest_secret import GuestSecret, new_guest_secrets
from lanhouse.cafe.sessions.queries.quotes import free_pc_flags


async def secrets_where_free(call: CafeCall, names: Sequence[str]) -> list[GuestSecret]:
    """A new password for each PC on which a guest would start; an empty one for those in use."""
    is_free = await call.read(free_pc_flags, call.center.id, names)
    found = iter(await secrets_for(call, sum(is_free)))
    return [next(found) if free else GuestSecret() for free in is_free]


async def secrets_for(call: CafeCall, count: int) -> list[GuestSecret]:
    """New passwords for so many guests, with codes where guests sign in by one."""
    return await new_guest_secrets(call.vault, call.center, count)
