"""What an order says of its packages once they were given back, wherever that was done."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.facts import OrderChanged, PackageGivenBack
from lanhouse.cafe.money.taxes import tax_of_part
from lanhouse.cafe.money.tenders import CameBy, pay_back
from lanhouse.cafe.offers.tables import member_offers
from lanhouse.cafe.orders.commands.base import BACK, PAY, REFUNDED
from lanhouse.cafe.orders.schemas import COIN
from lanhouse.cafe.orders.tables import order_lines
from lanhouse.db.statements import among, static
from lanhouse.db.store import Tx

_NOT_BOOKED = static(
    sa.select(
        order_lines.c.order_id,
        order_lines.c.number,
        member_offers.c.payment,
        member_offers.c.price_micros,
        member_offers.c.tax_micros,
        member_offers.c.refunded_at,
        member_offers.c.refund_micros,
        member_offers.c.refund_transfer_id,
    )
    .join(member_offers, member_offers.c.id == order_lines.c.member_offer_id)
    .where(
        order_lines.c.center_id == sa.bindparam("center"),
        among(order_lines.c.member_offer_id, "packages"),
        order_lines.c.refunded_quantity == 0,
        member_offers.c.refunded_at.is_not(None),
    )
    .order_by(order_lines.c.order_id, order_lines.c.number)
)


def follow_packages(tx: Tx, facts: Sequence[PackageGivenBack]) -> None:
    """Write in their orders what was given for packages; follows PackageGivenBack.

    Whoever gives a package back has locked its owner, and nobody touches an order of his without
    that lock.
    """
    for fact in facts:
        book_backs(tx, fact.center_id, [fact.member_offer_id], fact.staff_id)


def book_backs(tx: Tx, center_id: int, package_ids: Sequence[int], staff_id: int) -> None:
    """Write what went back for these packages to the lines that sold them and to their orders;
    what is written already, or was sold without an order, is left out."""
    if not package_ids:
        return
    center = center_by_id(tx, center_id)
    assert center is not None, "a package is of a centre"
    for row in tx.all(_NOT_BOOKED, center=center_id, packages=sorted(package_ids)):
        coin = row.refund_micros if row.payment == COIN else 0
        money = row.refund_micros - coin
        tax = tax_of_part(row.tax_micros, money, row.price_micros, center.currency)
        tx.run(
            BACK,
            the_order=row.order_id,
            the_number=row.number,
            more_quantity=1,
            more_net=money - tax,
            more_tax=tax,
            more_coin=coin,
        )
        tx.run(REFUNDED, order=row.order_id, more=money, more_coin=coin)
        ways = pay_back([CameBy(row.payment, money)], money).by_tender if money else {}
        tx.run_many(
            PAY,
            [
                {
                    "center_id": center_id,
                    "order_id": row.order_id,
                    "at": row.refunded_at,
                    "tender": tender,
                    "amount_micros": -micros,
                    "given_micros": 0,
                    "transfer_id": row.refund_transfer_id,
                    "staff_id": staff_id,
                }
                for tender, micros in {**ways, COIN: coin}.items()
                if micros
            ],
        )
        tx.tell(OrderChanged(center_id, row.order_id))
