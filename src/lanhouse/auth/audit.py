"""The audit log: who did or read what, from where, by which call. Rows are only ever added."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.auth.tables import audit_log
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

_INSERT = static(sa.insert(audit_log))


class Audited(msgspec.Struct, frozen=True, kw_only=True):
    """A call that is written down: its caller, address and route (`METHOD /path`)."""

    center_id: int
    actor: Actor
    address: str
    call: str


def write_audit(tx: Tx, audited: Audited, **ids: int) -> None:
    """Write down, in the transaction of what was done, on which ids it was done."""
    tx.run(
        _INSERT,
        center_id=audited.center_id,
        actor_kind=audited.actor.kind,
        actor_id=audited.actor.subject_id,
        address=audited.address,
        call=audited.call,
        ids=ids,
        at=tx.now,
    )
