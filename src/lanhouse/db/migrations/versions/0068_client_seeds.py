"""Client seeds come from browsers alone; what an act asked and answered is kept whole.

Revision: 0068, after: 0063.
A client seed that the house suggested and nobody has played with is forgotten: the player's browser
sends one before the next round.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import Money

revision = "0068"
down_revision = "0064"
branch_labels = None
depends_on = None

_DIGESTED = ((10, "house_rounds"), (670, "house_acts"))
_UNPLAYED = "state = 'active' AND last_nonce = 0"
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
    op.execute(f"UPDATE house_seeds SET client_seed = '' WHERE {_UNPLAYED}")
    for number, table in _DIGESTED:
        op.execute(f"DELETE FROM digest_backlog WHERE table_number = {number}")
        op.execute(
            "INSERT INTO digest_backlog (table_number, after_id, after_part)"
            f" SELECT {number}, 0, '' WHERE EXISTS (SELECT 1 FROM {table})"
        )


def downgrade() -> None:
    """A seed without a client seed gets a text of its own again: an older release cannot play
    without one. It reads the digests as those of changed rows."""
    for number, _ in _DIGESTED:
        op.execute(f"DELETE FROM digest_backlog WHERE table_number = {number}")
    op.execute(
        f"UPDATE house_seeds SET client_seed = 'seed-' || id WHERE {_UNPLAYED} AND client_seed = ''"
    )
    for name, table, _ in reversed(_INDEXES):
        op.drop_index(name, table)
    op.drop_column("house_acts", "last_nonce")
    op.drop_column("house_acts", "balance_micros")
    op.drop_column("house_rounds", "asked_digest")
