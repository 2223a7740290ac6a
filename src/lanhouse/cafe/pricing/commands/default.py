"""The rule "Default" of a new centre (decision 0028)."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from lanhouse.cafe.facts import CenterOpened
from lanhouse.cafe.pricing.rules import DEFAULT_NAME, Window, format_weekdays
from lanhouse.cafe.pricing.tables import prices
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

_INSERT = static(sa.insert(prices))


def create_defaults(tx: Tx, facts: Sequence[CenterOpened]) -> None:
    """Give new centres their rule "Default"; follows CenterOpened."""
    always = Window()
    for fact in facts:
        tx.run(
            _INSERT,
            center_id=fact.center_id,
            name=DEFAULT_NAME,
            pc_group_id=None,
            member_group_id=None,
            weekdays=format_weekdays(always.weekdays),
            from_minute=always.from_minute,
            to_minute=always.to_minute,
            price_per_hour_micros=fact.price_per_hour_micros,
            is_default=True,
            created_at=tx.now,
        )
