"""The rule "Default" of a new centre (decision 0028)."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.pricing.rules import DEFAULT_NAME, Window, format_weekdays
from lanhouse.cafe.pricing.tables import prices
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

_INSERT = static(sa.insert(prices))


def create_default(tx: Tx, center_id: int, price_per_hour_micros: int | None) -> None:
    """Give a new centre its rule "Default"; None = it has no price yet.

    Beside commands.py, which knows sessions: opening a centre needs none of that.
    """
    always = Window()
    tx.run(
        _INSERT,
        center_id=center_id,
        name=DEFAULT_NAME,
        pc_group_id=None,
        member_group_id=None,
        weekdays=format_weekdays(always.weekdays),
        from_minute=always.from_minute,
        to_minute=always.to_minute,
        price_per_hour_micros=price_per_hour_micros,
        is_default=True,
        created_at=tx.now,
    )
