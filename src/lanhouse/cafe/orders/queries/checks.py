"""Proof that orders, their lines, packages and payments tell the same story."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.offers.tables import member_offers
from lanhouse.cafe.orders.tables import order_lines, order_payments, orders
from lanhouse.db.store import Read

_LINES = order_lines.c


def check_all_orders(read: Read) -> str | None:
    """The first order of any centre whose sums are not those of its lines, whose payments do not
    come to what was paid and not given back, or whose packages say otherwise; or None."""
    lines = (
        sa.select(
            _LINES.order_id,
            sa.func.sum(_LINES.net_micros + _LINES.tax_micros).label("total"),
            sa.func.sum(_LINES.tax_micros).label("tax"),
            sa.func.sum(_LINES.coin_micros).label("coin"),
            sa.func.sum(_LINES.refunded_net_micros + _LINES.refunded_tax_micros).label("refunded"),
            sa.func.sum(_LINES.refunded_coin_micros).label("refunded_coin"),
        )
        .group_by(_LINES.order_id)
        .subquery()
    )
    of_lines = {
        "total_micros": lines.c.total,
        "tax_micros": lines.c.tax,
        "coin_micros": lines.c.coin,
        "refunded_micros": lines.c.refunded,
        "refunded_coin_micros": lines.c.refunded_coin,
    }
    wrong = _first(
        read,
        orders.outerjoin(lines, lines.c.order_id == orders.c.id),
        sa.or_(*(orders.c[name] != _sum(value) for name, value in of_lines.items())),
    )
    if wrong is not None:
        return f"order {wrong}: its sums are not those of its lines"
    paid = (
        sa.select(
            order_payments.c.order_id, sa.func.sum(order_payments.c.amount_micros).label("amount")
        )
        .group_by(order_payments.c.order_id)
        .subquery()
    )
    kept = sa.case(
        (
            orders.c.paid_at.is_not(None),
            orders.c.total_micros
            + orders.c.coin_micros
            - orders.c.refunded_micros
            - orders.c.refunded_coin_micros,
        ),
        else_=0,
    )
    wrong = _first(
        read, orders.outerjoin(paid, paid.c.order_id == orders.c.id), kept != _sum(paid.c.amount)
    )
    if wrong is not None:
        return f"order {wrong}: its payments do not come to what was paid"
    package = member_offers.c
    back = _LINES.refunded_net_micros + _LINES.refunded_tax_micros + _LINES.refunded_coin_micros
    wrong = _first(
        read,
        orders.join(order_lines, _LINES.order_id == orders.c.id).join(
            member_offers, package.id == _LINES.member_offer_id
        ),
        sa.or_(
            package.price_micros != _LINES.net_micros + _LINES.tax_micros,
            package.tax_micros != _LINES.tax_micros,
            package.coin_micros != _LINES.coin_micros,
            package.refund_micros != back,
            package.refunded_at.is_(None) != (_LINES.refunded_quantity == 0),
        ),
    )
    return None if wrong is None else f"order {wrong}: a package says otherwise"


def _sum(value: Any) -> Any:
    return sa.func.coalesce(value, 0)


def _first(read: Read, source: Any, is_wrong: Any) -> int | None:
    return read.scalar(
        sa.select(orders.c.id).select_from(source).where(is_wrong).order_by(orders.c.id).limit(1)
    )
