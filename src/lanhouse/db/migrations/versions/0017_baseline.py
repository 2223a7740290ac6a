"""The tables of the first release, as seventeen migrations before it had made them.

Revision: 0017, the first one: it carries the number of the last of those, so that a database at
0017 gets only what follows.
"""

from __future__ import annotations

from lanhouse.db.migrations.baseline import aggregator, cafe_floor, cafe_trade, core

revision = "0017"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables, each after those that it refers to."""
    for part in (core, cafe_floor, cafe_trade, aggregator):
        part.create()


def downgrade() -> None:
    """Nothing came before."""
    raise NotImplementedError("0017 is the first revision")
