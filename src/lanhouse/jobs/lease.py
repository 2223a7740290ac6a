"""One leader among processes: whoever holds the lease runs the clock's work."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.jobs.tables import leases
from lanhouse.kit import clock

LEASE_SECONDS = 10
# No right clock makes a lease that ends later: its holder's was ahead, and it may be dead.
_AHEAD_SECONDS_MAX = 60

_TAKE = static(
    sa.update(leases)
    .where(
        leases.c.name == sa.bindparam("lease"),
        (leases.c.holder == sa.bindparam("me"))
        | (leases.c.until < sa.bindparam("at", type_=leases.c.until.type))
        | (leases.c.until > sa.bindparam("at_most", type_=leases.c.until.type)),
    )
    .values(holder=sa.bindparam("me"), until=sa.bindparam("new_until", type_=leases.c.until.type))
)
_FIRST = static(insert_ignore(leases).returning(leases.c.name))
_RELEASE = static(
    sa.delete(leases).where(
        leases.c.name == sa.bindparam("lease"), leases.c.holder == sa.bindparam("me")
    )
)
_NAME = "clock"


def take_lease(tx: Tx, holder: str) -> bool:
    """Take or renew the clock's lease; False while another process holds it.

    A lease that ends far in the future counts as over: it was made while a clock was wrong.
    """
    now = clock.real_now()
    until = now + timedelta(seconds=LEASE_SECONDS)
    at_most = until + timedelta(seconds=_AHEAD_SECONDS_MAX)
    if tx.run(_TAKE, lease=_NAME, me=holder, at=now, at_most=at_most, new_until=until):
        return True
    return tx.scalar(_FIRST, name=_NAME, holder=holder, until=until) is not None


def release_lease(tx: Tx, holder: str) -> None:
    """Give the lease back, so that another process need not wait for it to run out."""
    tx.run(_RELEASE, lease=_NAME, me=holder)
