"""What is decided about events and ranks on plain values."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from lanhouse.cafe.events.schemas import Standing, Tally

_MASK = "***"


def masked(account: str) -> str:
    """An account as those read it whom its owner has not allowed to: its beginning alone."""
    return account[: 2 if len(account) > 3 else 1] + _MASK


def shown_account(standing: Standing, *, knows: bool = False, own_id: int = 0) -> str:
    """A member's account for a reader: whole for who `knows` the members of the house anyway, for
    himself, and with his consent (decision 0167)."""
    if knows or standing.is_shown or standing.member_id == own_id:
        return standing.account
    return masked(standing.account)


def ranked(found: Iterable[Standing]) -> list[Standing]:
    """In the order of the ranking, with their ranks; equal ones share one and stand by account."""
    in_order = sorted(found, key=lambda one: (*(-part for part in _worth(one.tally)), one.account))
    ranks: list[Standing] = []
    for number, one in enumerate(in_order, 1):
        before = ranks[-1] if ranks else None
        is_equal = before is not None and _worth(before.tally) == _worth(one.tally)
        rank = before.rank if before is not None and is_equal else number
        ranks.append(msgspec.structs.replace(one, rank=rank))
    return ranks


def _worth(tally: Tally) -> tuple[int, int, int]:
    return tally.score_micros, tally.wins, tally.kills
