"""Several price rules of a centre may bear one name, at one price.

Revision: 0034, after: 0033.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The name stays what is looked for, and is no longer the key of a rule."""
    with op.batch_alter_table("prices") as prices:
        prices.drop_constraint("prices_center_id_name_key", type_="unique")
    op.create_index("prices_center_id_name_ix", "prices", ["center_id", "name"])


def downgrade() -> None:
    """All but the first rule of a name get their number behind it."""
    op.drop_index("prices_center_id_name_ix", "prices")
    op.execute(
        sa.text(
            "UPDATE prices SET name = name || ' ' || CAST(id AS TEXT) WHERE EXISTS"
            " (SELECT 1 FROM prices AS other WHERE other.center_id = prices.center_id"
            " AND other.name = prices.name AND other.id < prices.id)"
        )
    )
    with op.batch_alter_table("prices") as prices:
        prices.create_unique_constraint("prices_center_id_name_key", ["center_id", "name"])
