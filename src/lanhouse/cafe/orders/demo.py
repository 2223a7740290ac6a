"""What the shop of the demo centre sold in its weeks, and what waits there now."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from lanhouse.cafe.centers.demo import CAFE_ID, Moment, cafe_id, demo_center
from lanhouse.cafe.members.demo import PEOPLE, member_id_of
from lanhouse.cafe.offers.queries import offers_of_center
from lanhouse.cafe.orders.commands import PlaceOrder, place_order
from lanhouse.cafe.orders.commands.giving_back import RefundOrder, refund_order
from lanhouse.cafe.orders.schemas import Source, Status, Tendered
from lanhouse.cafe.pcs.demo import WORKING_PCS
from lanhouse.cafe.products.queries import active_products
from lanhouse.cafe.staff.demo import desk_actor
from lanhouse.db.store import Tx

_TICKETS: tuple[Mapping[str, int], ...] = (
    {"Coffee": 2},
    {"Water 0.5 l": 1},
    {"Coffee": 1, "Gummies": 1},
)
_PAYMENTS = ("cash", "cash", "card", "qr")


def weeks(begin: datetime, end: datetime) -> Iterator[Moment]:
    """A few tickets a day, one with a package, one that was given back; now one order waits and one
    is being made."""
    # The same demo everywhere; nothing here is secret.
    chance = random.Random(CAFE_ID + 1)  # noqa: S311
    at = begin + timedelta(days=1, hours=10)
    number = 0
    while at < end - timedelta(hours=6):
        for hours in (0, 4, 8):
            ticket, payment = _TICKETS[number % len(_TICKETS)], chance.choice(_PAYMENTS)
            moment = at + timedelta(hours=hours)
            if "Gummies" not in ticket or number < 20:
                yield moment, partial(_sell, ticket=ticket, payment=payment)
            number += 1
        at += timedelta(days=1)
    buyer = PEOPLE[18][0]
    ticket = {"Coffee": 1, "10 hours": 1}
    yield end - timedelta(hours=5), partial(_sell, ticket=ticket, payment="card", account=buyer)
    yield end - timedelta(hours=3), partial(_sell_and_refund, ticket={"Coffee": 1})
    yield (
        end - timedelta(minutes=6),
        partial(
            _sell,
            ticket={"Coffee": 2, "Ham toast": 1},
            payment="cash",
            status=Status.PREPARING,
            pc_name=WORKING_PCS[4],
            note="One without sugar",
        ),
    )
    yield (
        end - timedelta(minutes=2),
        partial(
            _sell,
            ticket={"Water 0.5 l": 1},
            payment="card",
            status=Status.PENDING,
            pc_name=WORKING_PCS[2],
        ),
    )


def _sell(tx: Tx, *, ticket: Mapping[str, int], payment: str, **more: Any) -> None:
    _sold(tx, ticket, payment, **more)


def _sold(tx: Tx, ticket: Mapping[str, int], payment: str, account: str = "", **more: Any) -> int:
    goods = {product.values.name: product.id for product in active_products(tx, cafe_id())}
    packages = {offer.values.name: offer.id for offer in offers_of_center(tx, cafe_id())}
    order = PlaceOrder(
        center=demo_center(tx),
        actor=desk_actor(tx),
        source=Source.DESK,
        wanted={goods[name]: number for name, number in ticket.items() if name in goods},
        packages={packages[name]: number for name, number in ticket.items() if name in packages},
        member_id=member_id_of(tx, account) if account else 0,
        tendered=[Tendered(payment)],
        **more,
    )
    return place_order(tx, order).order_id


def _sell_and_refund(tx: Tx, *, ticket: Mapping[str, int]) -> None:
    order_id = _sold(tx, ticket, "cash")
    tx.settle()
    tx.begin_command()  # two acts, each with its own locks
    cmd = RefundOrder(
        center=demo_center(tx),
        actor=desk_actor(tx),
        order_id=order_id,
        reason="It was cold",
        returns_goods=False,
    )
    refund_order(tx, cmd)
