"""Lines of orders that sell packages: which one was bought.

Revision: 0046, after: 0045.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_IS_PACKAGE = sa.column("member_offer_id", sa.BigInteger).is_not(None)


def upgrade() -> None:
    """No order that there is has a package on it."""
    op.add_column("order_lines", sa.Column("member_offer_id", sa.BigInteger()))
    op.create_index(
        "order_lines_package_ix",
        "order_lines",
        ["center_id", "member_offer_id"],
        sqlite_where=_IS_PACKAGE,
        postgresql_where=_IS_PACKAGE,
    )


def downgrade() -> None:
    """What was bought stays with its owner; its order does not name it any more."""
    op.drop_index("order_lines_package_ix", "order_lines")
    op.drop_column("order_lines", "member_offer_id")
