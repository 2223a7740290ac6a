"""Client seeds come from browsers alone; what an act asked and answered is kept whole.

Revision: 0068, after: 0067.
A client seed that the house suggested and nobody has played with is forgotten: the player's browser
sends one before the next round.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import Money

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

_SEEDS = sa.table(
    "house_seeds",
    sa.column("id", sa.BigInteger),
    sa.column("state", sa.Text),
    sa.column("last_nonce", sa.BigInteger),
    sa.column("client_seed", sa.Text),
)
_UNPLAYED = (_SEEDS.c.state == "active") & (_SEEDS.c.last_nonce == 0)
_FORGET = "DELETE FROM digest_backlog WHERE table_number IN (10, 670)"
_REMEMBER = """
    INSERT INTO digest_backlog (table_number, after_id, after_part)
    SELECT 10, 0, '' WHERE EXISTS (SELECT 1 FROM house_rounds)
    UNION ALL
    SELECT 670, 0, '' WHERE EXISTS (SELECT 1 FROM house_acts)
"""
_INDEXES = (
    ("house_seeds_player_ix", "house_seeds", ["agent_id", "player_id", "id"]),
    (
        "house_rounds_player_ix",
        "house_rounds",
        ["agent_id", "player_id", "game_id", "currency", "round_id"],
    ),
)


def upgrade() -> None:
    """Three columns and two indexes more, and seeds without the house's suggestions."""
    op.add_column("house_rounds", sa.Column("asked_digest", sa.Text))
    op.add_column("house_acts", sa.Column("balance_micros", Money))
    op.add_column("house_acts", sa.Column("last_nonce", sa.BigInteger))
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)
    op.execute(sa.update(_SEEDS).where(_UNPLAYED).values(client_seed=""))
    op.execute(_FORGET)
    op.execute(_REMEMBER)


def downgrade() -> None:
    """A seed without a client seed gets a text of its own again: an older release cannot play
    without one. It reads the digests as those of changed rows."""
    op.execute(_FORGET)
    own = sa.literal("seed-") + sa.cast(_SEEDS.c.id, sa.Text)
    op.execute(
        sa.update(_SEEDS).where(_UNPLAYED, _SEEDS.c.client_seed == "").values(client_seed=own)
    )
    for name, table, _ in reversed(_INDEXES):
        op.drop_index(name, table)
    op.drop_column("house_acts", "last_nonce")
    op.drop_column("house_acts", "balance_micros")
    op.drop_column("house_rounds", "asked_digest")
