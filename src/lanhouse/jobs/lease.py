"""One leader among processes: whoever holds the lease runs the clock's work."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.jobs.tables import leases
from lanhouse.kit import clock

LEASE_SECONDS = 10

_TAKE = static(
    sa.update(leases)
    .where(
        leases.c.name == sa.bindparam("lease"),
        (leases.c.holder == sa.bindparam("me"))
        | (leases.c.until < sa.bindparam("at", type_=leases.c.until.type)),
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
    """Take or renew the clock's lease; False while another process holds it."""
    now = clock.real_now()
    until = now + timedelta(seconds=LEASE_SECONDS)
    if tx.run(_TAKE, lease=_NAME, me=holder, at=now, new_until=until):
        return True
    return tx.scalar(_FIRST, name=_NAME, holder=holder, until=until) is not None


def release_lease(tx: Tx, holder: str) -> None:
    """Give the lease back, so that another process need not wait for it to run out."""
    tx.run(_RELEASE, lease=_NAME, me=holder)
