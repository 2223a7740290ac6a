"""Money that members of the demo centre pay in and borrow."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from lanhouse.cafe.centers.demo import CAFE_ID, Moment, demo_center
from lanhouse.cafe.members.demo import HANDED_OUT, PEOPLE, PLAYING_NOW, member_id_of
from lanhouse.cafe.staff.demo import desk_actor
from lanhouse.cafe.topups.commands import add_loan, top_up
from lanhouse.cafe.topups.rules import bonus_for
from lanhouse.cafe.topups.schemas import Loan, TopUp
from lanhouse.db.store import Tx
from lanhouse.kit.money import MICROS

PAYMENTS = ("cash", "cash", "card", "qr")
_BORROWERS = tuple(account for account, _, _ in PEOPLE[12:14])


def weeks(begin: datetime, end: datetime) -> Iterator[Moment]:
    """Every member pays in on the first day; some get coins, two owe something.

    Those whose passwords are handed out pay in once more shortly before the end, so that whoever
    tries the demo finds money there.
    """
    # The same demo everywhere; nothing here is secret.
    chance = random.Random(CAFE_ID)  # noqa: S311
    for number, (account, _, _) in enumerate(PEOPLE):
        amount = 50 if account in PLAYING_NOW else chance.choice((10, 20, 20, 50, 100))
        coins = 5 if number % 4 == 0 else 0
        payment = chance.choice(PAYMENTS)
        yield begin, partial(pay_in, account=account, amount=amount, payment=payment, coins=coins)
    for account in _BORROWERS:
        yield begin, partial(_borrow, account=account)
    for account in HANDED_OUT:
        payment = chance.choice(PAYMENTS)
        yield (
            end - timedelta(hours=2),
            partial(pay_in, account=account, amount=50, payment=payment),
        )


def pay_in(tx: Tx, *, account: str, amount: int, payment: str, coins: int = 0) -> None:
    """A top-up of whole euros and coins, with the bonus that the centre's tiers give for it."""
    center = demo_center(tx)
    weekday = tx.now.astimezone(center.zone).weekday()
    top_up(
        tx,
        TopUp(
            center=center,
            actor=desk_actor(tx),
            member_ids=[member_id_of(tx, account)],
            value_micros=amount * MICROS,
            bonus_micros=bonus_for(center.settings.loyalty, amount * MICROS, weekday),
            coin_micros=coins * MICROS,
            payment=payment,
        ),
    )


def _borrow(tx: Tx, *, account: str) -> None:
    loan = Loan(
        center=demo_center(tx),
        actor=desk_actor(tx),
        member_id=member_id_of(tx, account),
        value_micros=5 * MICROS,
    )
    add_loan(tx, loan)
