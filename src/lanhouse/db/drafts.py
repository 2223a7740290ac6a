"""What a draft of a migration leaves out of what Alembic finds (tools/new_migration.py)."""

from __future__ import annotations

from typing import Any

from alembic.operations import ops

from lanhouse.db import pieces


def is_of_the_history(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether a table or an index is made by migrations; indexes of pieces are the database's own
    (db/pieces), with all tables that they bring along."""
    return not (
        kind in ("table", "index") and any((name or "").startswith(own) for own in pieces.names())
    )


def without_notes(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Take out what the code notes at a table for itself (`info`: which columns are digested)."""
    for script in directives:
        for step in (script.upgrade_ops, script.downgrade_ops):
            _strip(step)


def _strip(found: Any) -> None:
    for each in getattr(found, "ops", ()):
        _strip(each)
        if isinstance(each, ops.CreateTableOp):
            each.info = {}
            each.kw.pop("info", None)
