"""The API key of a centre: one at a time, valid one year, bound to addresses, shown once.

Source: seed: API settings, 2 to 7; architecture section 5 (stored by SHA-256, with a prefix).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from lanhouse.auth.addresses import outside_of, parse_allow_list
from lanhouse.auth.generations import CENTER_KEY, advance
from lanhouse.auth.tables import api_keys
from lanhouse.db.statements import Row, static, upsert
from lanhouse.db.store import Read, Tx
from lanhouse.kit import clock, ids
from lanhouse.kit.errors import InvalidInput, Unauthenticated
from lanhouse.kit.said import say

VALID_DAYS = 365
NOTICE_DAYS = (30, 7)
"""So many days before a key ends its house is told, the first notice first."""
_TELL_MAX = 100
_PREFIX_SHOWN = 12

_PUT = static(
    upsert(
        api_keys,
        ["center_id"],
        [
            "key_hash",
            "prefix",
            "allowed_ips",
            "created_at",
            "expires_at",
            "last_used_at",
            "told_days",
        ],
    )
)
_BY_HASH = static(sa.select(api_keys).where(api_keys.c.key_hash == sa.bindparam("hash")))
_OF_CENTER = static(sa.select(api_keys).where(api_keys.c.center_id == sa.bindparam("center")))
_OWNERS = static(sa.select(api_keys.c.center_id, api_keys.c.created_at))
_END = static(sa.delete(api_keys).where(api_keys.c.center_id == sa.bindparam("center")))
_USED = static(
    sa.update(api_keys)
    .where(api_keys.c.key_hash == sa.bindparam("hash"))
    .values(last_used_at=sa.bindparam("used_at", type_=api_keys.c.last_used_at.type))
)


_TIME = api_keys.c.expires_at.type
_TO_TELL = static(
    sa.select(api_keys)
    .where(
        sa.or_(
            *(
                (api_keys.c.expires_at < sa.bindparam(f"before_{days}", type_=_TIME))
                & ((api_keys.c.told_days == 0) | (api_keys.c.told_days > days))
                for days in NOTICE_DAYS
            )
        ),
        api_keys.c.expires_at > sa.bindparam("now", type_=_TIME),
    )
    .order_by(api_keys.c.center_id)
    .limit(_TELL_MAX)
    .with_for_update(skip_locked=True)
)
_TOLD = static(
    sa.update(api_keys)
    .where(api_keys.c.center_id == sa.bindparam("center"))
    .values(told_days=sa.bindparam("days", type_=sa.Integer))
)


class NewKey(msgspec.Struct, frozen=True):
    """A key to make for a centre; `allowed_ips` is the caller's text, not yet checked.

    `by_key` is the hash of the key that asks for it, empty when a person does.
    """

    center_id: int
    allowed_ips: str
    by_key: str = ""


class KeyShown(msgspec.Struct, frozen=True):
    """The new key, for this one time."""

    secret: str
    allowed_ips: str
    expires_at: datetime


class KeyUse(msgspec.Struct, frozen=True):
    """A key was used at this time."""

    key_hash: str
    used_at: datetime


def generate_key(tx: Tx, new: NewKey) -> KeyShown:
    """Make a key; the old one ends with the commit.

    Raises InvalidInput for a wrong address, and for one that the asking key may not call from:
    else whoever got hold of a key for a minute could carry it to a place of his own.
    """
    allowed = parse_allow_list(new.allowed_ips, "allowed_ips")
    if new.by_key:
        _check_narrower(tx, new.by_key, allowed)
    secret = ids.new_secret("lhk")
    old = key_of_center(tx, new.center_id)
    now = clock.real_now()
    expires_at = now + timedelta(days=VALID_DAYS)
    tx.run(
        _PUT,
        center_id=new.center_id,
        key_hash=ids.secret_hash(secret),
        prefix=secret[:_PREFIX_SHOWN],
        allowed_ips=allowed,
        created_at=now,
        expires_at=expires_at,
        last_used_at=None,
        told_days=0,
    )
    advance(tx, CENTER_KEY, new.center_id)
    tx.emit("access.changed", {"center_id": new.center_id})
    before = None if old is None else {"prefix": old.prefix, "allowed_ips": old.allowed_ips}
    after = {"prefix": secret[:_PREFIX_SHOWN], "allowed_ips": allowed}
    tx.audit("api_key", new.center_id, before=before, after=after)
    return KeyShown(secret, allowed, expires_at)


def end_key(tx: Tx, center_id: int) -> None:
    """End a centre's key, if it has one, without making another."""
    if tx.run(_END, center=center_id):
        advance(tx, CENTER_KEY, center_id)
        tx.emit("access.changed", {"center_id": center_id})


def key_owners(read: Read) -> dict[int, datetime]:
    """The centres that have a key, and when it was made."""
    return {row.center_id: row.created_at for row in read.all(_OWNERS)}


def _check_narrower(read: Read, by_key: str, allowed: str) -> None:
    asking = key_by_hash(read, by_key)
    if asking is None:  # replaced since it was recognised
        raise Unauthenticated
    outside = outside_of(allowed, asking.allowed_ips)
    if outside:
        raise InvalidInput(
            {
                "allowed_ips": say(
                    "%(outside)s is not among the addresses of this key; only an Admin may add one",
                    outside=outside[0],
                )
            }
        )


def key_by_hash(read: Read, key_hash: str) -> Row | None:
    """The key's row, or None; whether it has ended is for the caller to see (`expires_at`)."""
    return read.one(_BY_HASH, hash=key_hash)


def key_of_center(read: Read, center_id: int) -> Row | None:
    """What may be shown of a centre's key (never the secret), or None."""
    return read.one(_OF_CENTER, center=center_id)


def note_use(tx: Tx, use: KeyUse) -> None:
    """Remember when the key was last used."""
    tx.run(_USED, hash=use.key_hash, used_at=use.used_at)


def days_left(key: Row) -> int:
    """Whole days until a key ends, rounded down; negative: it has ended."""
    return (key.expires_at - clock.real_now()).days


def take_notices(tx: Tx) -> list[Row]:
    """Keys whose end their houses are to be told of now: each of the notices comes once. A key that
    nobody was told of until the last days gets that notice only."""
    now = clock.real_now()
    moments = {f"before_{days}": now + timedelta(days=days) for days in NOTICE_DAYS}
    found = tx.all(_TO_TELL, now=now, **moments)
    for key in found:
        reached = [days for days in NOTICE_DAYS if key.expires_at < moments[f"before_{days}"]]
        tx.run(_TOLD, center=key.center_id, days=min(reached))
    return found
