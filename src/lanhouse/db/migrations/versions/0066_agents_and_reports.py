"""What an agent wants of its answers, the secret its calls are signed with, when a key was used
last; movements of wallets by time, records by player and game.

Revision: 0066, after: 0065.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import UtcTime

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

_OF_AGENTS = (
    sa.Column("signing_sealed", sa.LargeBinary()),
    sa.Column("has_aliases", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("has_statuses", sa.Boolean(), nullable=False, server_default=sa.false()),
)
_OF_A_GAME = "game_transactions_player_game_ix"
_LEADING = ["agent_id", "player_id", "game_id", "received_at", "id"]


def upgrade() -> None:
    """Columns with their usual values, and two indexes more."""
    for column in _OF_AGENTS:
        op.add_column("agents", column)
    op.add_column("agent_keys", sa.Column("last_used_at", UtcTime()))
    op.create_index("wallet_moves_agent_at_ix", "wallet_moves", ["agent_id", "at"])
    op.create_index(_OF_A_GAME, "game_transactions", _LEADING)


def downgrade() -> None:
    """Calls need no signature any more, and answers are as the examples show them."""
    op.drop_index(_OF_A_GAME, "game_transactions")
    op.drop_index("wallet_moves_agent_at_ix", "wallet_moves")
    op.drop_column("agent_keys", "last_used_at")
    for column in reversed(_OF_AGENTS):
        op.drop_column("agents", column.name)
