"""Every centre owns a price rule "Default", which ranks behind all others.

Revision: 0008, after: 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import Json, UtcTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NAME = "Default"
_ALL_DAYS = "7|1|2|3|4|5|6|"
_FILLS_GAPS = "default_price_fills_gaps"
_IS_DEFAULT = sa.text("is_default")
_PRICED = "is_default OR price_per_hour_micros IS NOT NULL"
_OF_DEFAULT = (
    "NOT is_default OR (pc_group_id IS NULL AND member_group_id IS NULL"
    " AND weekdays = '7|1|2|3|4|5|6|' AND from_minute = 0 AND to_minute = 1440)"
)

_centers = sa.table(
    "centers",
    sa.column("id", sa.BigInteger()),
    sa.column("settings", Json()),
    sa.column("created_at", UtcTime()),
)
_prices = sa.table(
    "prices",
    sa.column("id", sa.BigInteger()),
    sa.column("center_id", sa.BigInteger()),
    sa.column("name", sa.Text()),
    sa.column("pc_group_id", sa.BigInteger()),
    sa.column("member_group_id", sa.BigInteger()),
    sa.column("weekdays", sa.Text()),
    sa.column("from_minute", sa.Integer()),
    sa.column("to_minute", sa.Integer()),
    sa.column("price_per_hour_micros", sa.BigInteger()),
    sa.column("is_default", sa.Boolean()),
    sa.column("created_at", UtcTime()),
)


def upgrade() -> None:
    """Add the columns, then the rule of each centre (decision 0028)."""
    with op.batch_alter_table("prices", copy_from=_table()) as batch:
        batch.add_column(
            sa.Column("is_default", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch.alter_column("price_per_hour_micros", existing_type=sa.BigInteger(), nullable=True)
        batch.create_check_constraint(op.f("prices_priced_check"), _PRICED)
        batch.create_check_constraint(op.f("prices_default_check"), _OF_DEFAULT)
    op.create_index(
        "prices_default_key",
        "prices",
        ["center_id"],
        unique=True,
        sqlite_where=_IS_DEFAULT,
        postgresql_where=_IS_DEFAULT,
    )
    connection = op.get_bind()
    for center in connection.execute(sa.select(_centers).order_by(_centers.c.id)).all():
        _make_default(connection, center)


def _make_default(connection: sa.Connection, center: sa.Row[tuple[object, ...]]) -> None:
    of_center = _prices.c.center_id == center.id
    rules = connection.execute(sa.select(_prices).where(of_center).order_by(_prices.c.id)).all()
    named = next((rule for rule in rules if rule.name == _NAME), None)
    if named is not None and _is_for_all(named):
        # It held wherever no other rule did, so no hour was closed, and it goes on filling gaps.
        its = sa.update(_prices).where(_prices.c.id == named.id)
        connection.execute(its.values(is_default=True))
        return
    if named is not None:
        its = sa.update(_prices).where(_prices.c.id == named.id)
        connection.execute(its.values(name=_free_name({rule.name for rule in rules})))
    per_hour = [rule.price_per_hour_micros for rule in rules if rule.member_group_id is None]
    connection.execute(
        sa.insert(_prices).values(
            center_id=center.id,
            name=_NAME,
            weekdays=_ALL_DAYS,
            from_minute=0,
            to_minute=1440,
            price_per_hour_micros=max(per_hour, default=None),
            is_default=True,
            created_at=center.created_at,
        )
    )
    if rules:
        settings = {**center.settings, _FILLS_GAPS: False}
        its = sa.update(_centers).where(_centers.c.id == center.id)
        connection.execute(its.values(settings=settings))


def _is_for_all(rule: sa.Row[tuple[object, ...]]) -> bool:
    """Whether any PC, any customer, every day and every hour fall under the rule."""
    return (
        rule.pc_group_id is None
        and rule.member_group_id is None
        and rule.weekdays == _ALL_DAYS
        and (rule.from_minute, rule.to_minute) == (0, 1440)
    )


def _free_name(taken: set[str]) -> str:
    """A name for a rule that was called "Default" and is none."""
    name, number = f"{_NAME} (old)", 1
    while name in taken:
        number += 1
        name = f"{_NAME} (old {number})"
    return name


def downgrade() -> None:
    """Drop the columns; a "Default" without a price goes, one with a price becomes a plain rule.

    Renamed rules keep their new name.
    """
    connection = op.get_bind()
    connection.execute(sa.delete(_prices).where(_prices.c.price_per_hour_micros.is_(None)))
    op.drop_index("prices_default_key", "prices")
    with op.batch_alter_table("prices", copy_from=_table(is_new=True)) as batch:
        batch.drop_constraint(op.f("prices_default_check"), type_="check")
        batch.drop_constraint(op.f("prices_priced_check"), type_="check")
        batch.alter_column("price_per_hour_micros", existing_type=sa.BigInteger(), nullable=False)
        batch.drop_column("is_default")


def _table(*, is_new: bool = False) -> sa.Table:
    """The table as it stands: SQLite is given it whole, because it does not tell its checks."""
    metadata = sa.MetaData()
    sa.Table("centers", metadata, sa.Column("id", sa.BigInteger(), primary_key=True))
    added: list[sa.SchemaItem] = []
    if is_new:
        added = [
            sa.Column("is_default", sa.Boolean(), server_default=sa.false(), nullable=False),
            sa.CheckConstraint(_PRICED, name=op.f("prices_priced_check")),
            sa.CheckConstraint(_OF_DEFAULT, name=op.f("prices_default_check")),
        ]
    return sa.Table(
        "prices",
        metadata,
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pc_group_id", sa.BigInteger(), nullable=True),
        sa.Column("member_group_id", sa.BigInteger(), nullable=True),
        sa.Column("weekdays", sa.Text(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("price_per_hour_micros", sa.BigInteger(), nullable=is_new),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.CheckConstraint("from_minute BETWEEN 0 AND 1439", name=op.f("prices_from_check")),
        sa.CheckConstraint("to_minute BETWEEN 1 AND 1440", name=op.f("prices_to_check")),
        sa.CheckConstraint("price_per_hour_micros >= 0", name=op.f("prices_price_check")),
        sa.ForeignKeyConstraint(["center_id"], ["centers.id"], name=op.f("prices_center_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("prices_pkey")),
        sa.UniqueConstraint("center_id", "name", name=op.f("prices_center_id_name_key")),
        *added,
    )
