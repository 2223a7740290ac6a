"""What is decided about events and ranks on plain values."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from urllib.parse import quote

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.events.schemas import Standing, Tally
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say
from lanhouse.kit.vault import Vault

_PURPOSE = "ranking"
_MASK = "***"


class NoSecret(Refused):
    """The server cannot sign."""

    def __init__(self) -> None:
        super().__init__(say("The ranking cannot be shown: the server secret is missing."))


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


def rank_sign(vault: Vault, center: Center) -> str:
    """What proves that the centre gave its ranking's address. Raises NoSecret."""
    mark = vault.mark(_PURPOSE, f"{center.id}")
    if not mark:
        raise NoSecret
    return mark


def rank_path(vault: Vault, center: Center) -> str:
    """The path of the ranking's page. Raises NoSecret."""
    return f"/rank/{quote(center.license_name, safe='')}/{rank_sign(vault, center)}"


def is_signed(vault: Vault, center: Center, sign: str) -> bool:
    """Whether `sign` is that of the centre. Raises NoSecret."""
    return hmac.compare_digest(rank_sign(vault, center).encode(), sign.encode())
