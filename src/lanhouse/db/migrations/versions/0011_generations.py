"""Generations of keys and sign-ins.

Keys that there are begin at the microsecond they were made at, so that of two older backups the
one with the newer key has the higher number.

Revision: 0011, after: 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import UtcTime
from lanhouse.kit import clock

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and begin with the keys that there are."""
    table = op.create_table(
        "auth_generations",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "owner_id", name=op.f("auth_generations_pkey")),
    )
    connection = op.get_bind()
    keys = sa.table(
        "api_keys", sa.column("center_id", sa.BigInteger()), sa.column("created_at", UtcTime())
    )
    rows = [
        {"kind": "center_key", "owner_id": row.center_id, "number": clock.to_micros(row.created_at)}
        for row in connection.execute(sa.select(keys))
    ]
    rows += [
        {"kind": "agent_keys", "owner_id": agent_id, "number": number}
        for agent_id, number in _agents(connection).items()
    ]
    if rows:
        op.bulk_insert(table, rows)


def _agents(connection: sa.Connection) -> dict[int, int]:
    """When a key of each agent last began or ended."""
    keys = sa.table(
        "agent_keys",
        sa.column("agent_id", sa.BigInteger()),
        sa.column("created_at", UtcTime()),
        sa.column("ended_at", UtcTime()),
    )
    newest: dict[int, int] = {}
    for row in connection.execute(sa.select(keys)):
        for at in (row.created_at, row.ended_at):
            if at is not None:
                newest[row.agent_id] = max(clock.to_micros(at), newest.get(row.agent_id, 0))
    return newest


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("auth_generations")
