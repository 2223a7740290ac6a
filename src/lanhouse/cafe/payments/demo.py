"""Payments by QR code in the demo centre: one that is done, one that waits, one that fits nothing.

Its settings name no gateway: they go over to a real centre (decision 0124), and nobody may be paid
there whom the owner has not chosen.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from lanhouse.cafe.centers.demo import Moment, demo_center
from lanhouse.cafe.members.demo import HANDED_OUT, PEOPLE, member_id_of
from lanhouse.cafe.payments.commands import begin_payment
from lanhouse.cafe.payments.commands.confirming import confirm_by_hand
from lanhouse.cafe.payments.commands.notices import take_notice
from lanhouse.cafe.payments.schemas import (
    MANUAL,
    WEBHOOK,
    Begin,
    Notice,
    Noticed,
    Payment,
    Settle,
)
from lanhouse.cafe.staff.demo import desk_actor
from lanhouse.db.store import Tx
from lanhouse.kit.money import MICROS


def weeks(begin: datetime, end: datetime) -> Iterator[Moment]:
    """All of it on the last day."""
    yield max(begin, end - timedelta(hours=3)), _paid
    yield max(begin, end - timedelta(hours=1)), _told
    yield max(begin, end - timedelta(minutes=5)), _waits


def _paid(tx: Tx) -> None:
    payment = _begun(tx, HANDED_OUT[0], 20)
    confirm_by_hand(tx, Settle(center=demo_center(tx), actor=desk_actor(tx), payment_id=payment.id))


def _waits(tx: Tx) -> None:
    _begun(tx, PEOPLE[12][0], 10)


def _told(tx: Tx) -> None:
    center = demo_center(tx)
    notice = Notice(
        external_id="demo-1",
        order_text="A-1001",
        amount_micros=15 * MICROS,
        currency=center.currency,
    )
    take_notice(tx, Noticed(center=center, gateway=WEBHOOK, notice=notice))


def _begun(tx: Tx, account: str, amount: int) -> Payment:
    cmd = Begin(
        center=demo_center(tx),
        actor=desk_actor(tx),
        gateway=MANUAL,
        amount_micros=amount * MICROS,
        member_id=member_id_of(tx, account),
    )
    return begin_payment(tx, cmd)
