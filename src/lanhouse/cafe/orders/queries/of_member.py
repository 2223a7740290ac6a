"""All that a member ordered: goods and packages, and money for his account (decision 0141)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.members.queries import must_be_member
from lanhouse.cafe.orders.queries import orders_of
from lanhouse.cafe.orders.schemas import Order
from lanhouse.cafe.orders.tables import orders
from lanhouse.cafe.topups.tables import topups
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Read

_SHOP, _TOPUP = "shop", "topup"


def _of(table: sa.Table, source: str) -> Any:
    return sa.select(
        sa.literal_column(f"'{source}'").label("source"), table.c.id, table.c.at
    ).where(
        table.c.center_id == sa.bindparam("center"), table.c.member_id == sa.bindparam("member")
    )


# Both have an index on the member; what one member ever ordered is a bounded list.
_BOTH = sa.union_all(_of(orders, _SHOP), _of(topups, _TOPUP)).subquery()
_PAGE = static(
    sa.select(_BOTH.c.source, _BOTH.c.id)
    .order_by(_BOTH.c.at.desc(), _BOTH.c.source, _BOTH.c.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
    .offset(sa.bindparam("skipped", type_=sa.Integer))
)
_COUNT = static(sa.select(sa.func.count()).select_from(_BOTH))
_ORDERS = static(sa.select(orders).where(among(orders.c.id, "ids")))
_TOPUPS = static(sa.select(topups).where(among(topups.c.id, "ids")))


class Ordered(msgspec.Struct, frozen=True):
    """A page of them, newest first: orders of the shop and rows of `topups`; `total` of all."""

    total: int
    rows: Sequence[Order | Row]


def orders_of_member(
    read: Read, center_id: int, member_id: int, page: int, per_page: int
) -> Ordered:
    """The page (from 1) of all that a member ordered. Raises MemberNotFound."""
    must_be_member(read, center_id, member_id)
    whose = {"center": center_id, "member": member_id}
    named = read.all(_PAGE, **whose, most=per_page, skipped=(page - 1) * per_page)

    def ids(source: str) -> list[int]:
        return [row.id for row in named if row.source == source]

    found: dict[tuple[str, int], Order | Row] = {}
    for order in orders_of(read, read.all(_ORDERS, ids=ids(_SHOP))):
        found[_SHOP, order.id] = order
    for row in read.all(_TOPUPS, ids=ids(_TOPUP)):
        found[_TOPUP, row.id] = row
    return Ordered(read.scalar(_COUNT, **whose), [found[row.source, row.id] for row in named])
