"""How limits change and what they allow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from lanhouse.aggregator.errors import CountryProhibited, CountryRestricted
from lanhouse.aggregator.protection.schemas import Limit, Place, Sums

LOOSER_AFTER = timedelta(hours=24)
"""A looser limit, or none, counts only then; a stricter one at once."""
ROUND_MILLIS_MAX = 60_000
"""The longest time that a rule may put between the begins of two rounds."""
DEPOSIT, LOSS, WAGER, SESSION = "deposit", "loss", "wager", "session"
KINDS = (DEPOSIT, LOSS, WAGER, SESSION)
PERIODS = {"day": timedelta(hours=24), "week": timedelta(days=7), "month": timedelta(days=30)}
"""Periods roll: they end now."""


def country_rule(
    place: Place,
    licensed: Sequence[str],
    restricted: Sequence[str],
    prohibited: Sequence[str],
    *,
    allows_unknown: bool,
) -> str:
    """By what rule a launch from there is let in: "open", "licensed" or "unknown".

    `licensed` are the countries of the agent's licence, none for a test agent; `restricted` and
    `prohibited` the provider's. Raises CountryProhibited, which wins, and CountryRestricted.
    Source: aggregator-domain 1.2 row 26.
    """
    if any(code in prohibited for code in place.codes):
        raise CountryProhibited
    if not place.country:
        if allows_unknown:
            return "unknown"
        raise CountryRestricted
    is_licensed = any(code in licensed for code in place.codes)
    if licensed and not is_licensed:
        raise CountryRestricted
    for code in place.codes:
        # A licence for the whole country does not open a part of it that is restricted by itself.
        if code in restricted and not (code in licensed or place.code in licensed):
            raise CountryRestricted
    return "licensed" if is_licensed else "open"


def in_force(limit: Limit, now: datetime) -> Limit | None:
    """The limit as it counts now; None when it went with its time."""
    if limit.pending_from is None or now < limit.pending_from:
        return limit
    if limit.pending_most is None:
        return None
    return Limit(
        kind=limit.kind, period=limit.period, currency=limit.currency, most=limit.pending_most
    )


def changed(limit: Limit | None, wanted: Limit, now: datetime) -> Limit:
    """What a limit in force becomes when `wanted` is asked for (stricter at once, looser later)."""
    if limit is None or wanted.most <= limit.most:
        return wanted
    return _later(limit, wanted.most, now)


def removed(limit: Limit, now: datetime) -> Limit:
    """What a limit in force becomes when it is taken away."""
    return _later(limit, None, now)


def _later(limit: Limit, most: int | None, now: datetime) -> Limit:
    # Asking again for what is waiting already does not make it wait longer.
    if limit.pending_from is not None and limit.pending_most == most:
        return limit
    return Limit(
        kind=limit.kind,
        period=limit.period,
        currency=limit.currency,
        most=limit.most,
        pending_most=most,
        pending_from=now + LOOSER_AFTER,
    )


def is_passed(limit: Limit, sums: Sums, stake_micros: int) -> bool:
    """Whether a bet, taken as lost, passes a limit of losses or stakes."""
    if limit.kind == LOSS:
        return sums.loss_micros + stake_micros > limit.most
    return sums.staked_micros + stake_micros > limit.most


def minutes_of(stays: Iterable[tuple[datetime, datetime]], since: datetime) -> float:
    """Minutes after `since` that are covered by any of the stays (begin, end); times that two of
    them share count once."""
    total, covered = timedelta(), since
    for begin, end in sorted(stays):
        if end > covered:
            total += end - max(begin, covered)
            covered = end
    return total / timedelta(minutes=1)
