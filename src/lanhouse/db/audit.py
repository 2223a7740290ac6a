"""The audit log: who did what, from where, by which call, on which ids, with before and after.

A command says what it touches (`tx.audit`); the single door of writes (ledger.answers.run_once)
says who calls. Rows are written once per command, when it has settled, and only ever added. They
hold ids, never names: erasing a member leaves nothing of him here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, cast

import msgspec
import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.statements import Row, static
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Json, UtcTime

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    # The tenant: one of the two, the other is 0.
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("agent_id", sa.BigInteger, nullable=False),
    # As in Actor: staff, api_key …; the id is that of the person, 0 for a key.
    sa.Column("actor_kind", sa.Text, nullable=False),
    sa.Column("actor_id", sa.BigInteger, nullable=False),
    # Where the call came from.
    sa.Column("address", sa.Text, nullable=False),
    # The route: `METHOD /path`.
    sa.Column("call", sa.Text, nullable=False),
    # What was touched, "price" and its id; "" and 0 when the call itself says all.
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("subject_id", sa.BigInteger, nullable=False),
    # What else belongs to it: {"member_id": 9}.
    sa.Column("ids", Json, nullable=False),
    # The values that changed; None where there were none (made, deleted) or none are told.
    sa.Column("before", Json),
    sa.Column("after", Json),
    sa.Column("at", UtcTime, nullable=False),
    # Behind the order of the page stands what other filters look at, so that a row that they leave
    # out is not fetched.
    sa.Index("audit_log_at_ix", "center_id", "at", "id"),
    sa.Index("audit_log_actor_ix", "center_id", "actor_kind", "actor_id", "at", "id"),
    sa.Index("audit_log_call_ix", "center_id", "call", "at", "id", "subject", "subject_id"),
    sa.Index(
        "audit_log_actor_call_ix",
        *("center_id", "actor_kind", "actor_id", "call", "at", "id", "subject", "subject_id"),
    ),
    sa.Index(
        "audit_log_actor_subject_ix",
        *("center_id", "actor_kind", "actor_id", "subject", "at", "id", "subject_id"),
    ),
    sa.Index(
        "audit_log_subject_ix",
        *("center_id", "subject", "subject_id", "at", "id", "actor_kind", "actor_id", "call"),
    ),
    sa.Index("audit_log_kind_ix", "center_id", "subject", "at", "id"),
    sa.Index("audit_log_agent_ix", "agent_id", "at", "id"),
)

# All but the address: what is personal must be erasable, and nothing else here is.
digested(
    audit_log,
    11,
    *("center_id", "agent_id", "actor_kind", "actor_id", "call", "subject", "subject_id"),
    *("ids", "before", "after", "at"),
)

INSERT = static(sa.insert(audit_log))
HIDDEN = "changed"
"""What stands in place of a secret or of anything personal."""

_NOTHING: dict[str, Any] = {
    "subject": "",
    "subject_id": 0,
    "ids": {},
    "before": None,
    "after": None,
}

Values = Mapping[str, Any] | msgspec.Struct
"""Values by name."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes a call, from which address, by which route (`METHOD /path`).

    Ids that do not apply are 0.
    """

    center_id: int = 0
    agent_id: int = 0
    actor_kind: str
    actor_id: int
    address: str
    call: str


class Trail:
    """What one command leaves in the audit log."""

    __slots__ = ("_is_logged", "_touched", "origin")

    def __init__(self) -> None:
        self.origin: Origin | None = None
        self._touched: list[dict[str, Any]] = []
        self._is_logged = False

    def follow(self, origin: Origin | None) -> None:
        """Forget what was before; what follows is done by this caller (None: by the house)."""
        self.origin = origin
        self._touched = []
        self._is_logged = False

    @property
    def has_touched(self) -> bool:
        """Whether anything was noted that a row will tell."""
        return bool(self._touched)

    def note_log_row(self) -> None:
        """A row of a log that has the origin in it is being written: it needs no other."""
        self._is_logged = True

    def note(
        self,
        subject: str,
        subject_id: int,
        before: Values | Row | None,
        after: Values | None,
        hidden: Collection[str],
        ids: dict[str, int],
    ) -> None:
        """Note what was touched. Of two sets of values only what differs is told."""
        if self.origin is None:
            return
        old, new = _told(before, after, hidden)
        self._touched.append(
            {"subject": subject, "subject_id": subject_id, "ids": ids, "before": old, "after": new}
        )

    def rows(self, at: datetime) -> list[dict[str, Any]]:
        """The rows to write for this command, at its end; asking again answers none."""
        origin = self.origin
        touched: list[dict[str, Any]] = self._touched
        if origin is None or (self._is_logged and not touched):
            return []
        self.follow(None)
        if not touched:
            touched = [_NOTHING]
        caller = msgspec.structs.asdict(origin)
        return [{**caller, **each, "at": at} for each in touched]


def _told(
    before: Values | Row | None, after: Values | None, hidden: Collection[str]
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    new = _plain(after)
    if before is None or isinstance(before, Mapping | msgspec.Struct):
        old = _plain(cast("Values | None", before))
    else:
        old = _plain({name: getattr(before, name) for name in new or {}})
    if old is not None and new is not None:
        names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        old = {name: old.get(name) for name in names}
        new = {name: new.get(name) for name in names}
    for values in (old, new):
        for name in hidden:
            if values is not None and name in values:
                values[name] = HIDDEN
    return old, new


def _plain(values: Values | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return msgspec.to_builtins(values, order="deterministic", enc_hook=str)
