"""Passwords for guests whom a form of the desk starts."""

from __future__ import annotations

from collections.abc import Sequence

from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.members.commands.guest_secret import GuestSecret, new_guest_secrets


async def secrets_for(call: CafeCall, keys: Sequence[str | None]) -> list[GuestSecret]:
    """A password for each guest, by the key under which he is started.

    Hashing is slow: an empty one stands where None says that no guest starts, and where the form
    has done it before and only its answer was lost.
    """
    starts = [key is not None and not await call.is_done(key) for key in keys]
    found = iter(await new_guest_secrets(call.vault, call.center, sum(starts)))
    return [next(found) if is_new else GuestSecret() for is_new in starts]
