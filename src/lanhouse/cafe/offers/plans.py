"""What selling an offer, or taking a package back, would do: decided once for the act and for what
is quoted before it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec.structs import replace

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import GivingBack, PackageSeconds
from lanhouse.cafe.groups.queries import offer_discount
from lanhouse.cafe.money.movements import Amounts
from lanhouse.cafe.money.purses import spendable_micros
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.taxes import TIME_TAX, tax_of, tax_of_part
from lanhouse.cafe.money.tenders import TENDERS, CameBy, pay_back
from lanhouse.cafe.offers.queries import levels_of, offer_by_id, with_payment
from lanhouse.cafe.offers.rules import (
    Back,
    bonus_share,
    given_back,
    honoured,
    is_open_at_once,
    limits_of,
    opens_at,
    package_of,
    price_for,
    why_not_sold,
)
from lanhouse.cafe.offers.schemas import Limits, Offer, OwnedPackage, Package, Place
from lanhouse.db.facts import claimed_each
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import BalanceTooLow, Refused
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.money import unit_micros
from lanhouse.kit.said import say
from lanhouse.ledger import balances, book_of_center

BALANCE = "balance"
COIN = "coin"
GIFT = "gift"
"""How a package is paid that the house gave: nobody paid it, and nothing goes back for it."""
SHOWN_SECONDS_MAX = 300
"""So long a sum is honoured after it was shown, of the desk's time, as a quoted bill is."""


class OtherSum(Refused):
    """Another sum would go back now than the one that was shown."""

    def __init__(self) -> None:
        super().__init__(say("another sum would go back by now; look again"))


class Spent(msgspec.Struct, frozen=True):
    """What else of the same ticket is paid from an account before: it is not there any more."""

    balance_micros: int = 0
    bonus_micros: int = 0
    coin_micros: int = 0


NOTHING_SPENT = Spent()


class Share(msgspec.Struct, frozen=True):
    """What one package costs as a part of a combo, instead of its own prices."""

    price_micros: int
    coin_micros: int


class SalePlan(msgspec.Struct, frozen=True, kw_only=True):
    """The offer as it would be bought at a whole second, and who pays what of it."""

    offer: Offer
    bought_at: datetime
    limits: Limits
    package: Package
    """What a session gets of it, its id 0 until it is bought."""
    is_usable_now: bool
    """Whether it is open at the second of the sale."""
    price_micros: int
    """In money, the discount of the member's group taken off, with its tax; 0 where coins pay."""
    tax_micros: int = 0
    """The tax of it."""
    discount: int = 0
    """That discount, in hundredths of a percent; 0 where the offer allows none."""
    discount_micros: int = 0
    """What it takes off."""
    payment: str
    """cash, card, qr, balance, coin or gift."""
    from_balance_micros: int = 0
    from_bonus_micros: int = 0
    coin_micros: int = 0

    @property
    def taken_micros(self) -> int:
        """What is paid at the desk: the price, or nothing when the account pays it."""
        return self.price_micros if self.payment in TENDERS else 0

    def amounts(self, center_id: int, member_id: int) -> Amounts:
        """The postings: the till or the account pays, the revenue of packages receives."""
        return {
            **(
                {("center", center_id, self.payment): -self.taken_micros}
                if self.taken_micros
                else {}
            ),
            ("member", member_id, "balance"): -self.from_balance_micros,
            ("member", member_id, "bonus"): -self.from_bonus_micros,
            ("center", center_id, "revenue_offer"): self.price_micros - self.tax_micros,
            ("center", center_id, "tax"): self.tax_micros,
            ("member", member_id, "coin"): -self.coin_micros,
            ("center", center_id, "coin_issued"): self.coin_micros,
        }

    def bought(self, member_offer_id: int) -> SalePlan:
        """The same with the id of the bought package."""
        return replace(self, package=replace(self.package, member_offer_id=member_offer_id))


def plan_sale(
    read: Read,
    center: Center,
    offer_id: int,
    at: datetime,
    *,
    payment: str,
    member_id: int,
    place: Place,
    spent: Spent = NOTHING_SPENT,
    share: Share | None = None,
) -> SalePlan:
    """What the sale of an offer comes to at `at`; `member_id` is asked for with balance and coins,
    of which `spent` is not there any more. `share` is its price as a part of a combo.

    `payment` is cash, card, qr, balance or coin. Raises Refused for an offer that is not sold now,
    here and to this group, or that could never be used, and BalanceTooLow (402): from the account
    only what is not played already can be spent.
    """
    if not center.settings.payment.allow_offer_session:
        raise Refused(say("sessions on packages are switched off in the settings"))
    offer = offer_by_id(read, center.id, offer_id)
    if offer is None:
        raise Refused(say("Product not found"))
    begins = whole_second(at)
    why_not = why_not_sold(offer.values, place, levels_of(center), begins, center.zone)
    if why_not is not None:
        raise Refused(why_not)
    if share is not None:
        offer = replace(
            offer,
            values=replace(
                offer.values, price_micros=share.price_micros, coin_price_micros=share.coin_micros
            ),
        )
    values = offer.values
    discount = 0
    if values.allows_discount and payment != COIN:
        discount = offer_discount(read, center.id, place.member_group_id)
    tax = tax_of(center.settings.payment, TIME_TAX)
    price = price_for(values, discount, tax, center.currency)
    full = price_for(values, 0, tax, center.currency) if discount else price
    plan = SalePlan(
        offer=offer,
        bought_at=begins,
        limits=limits_of(values, begins),
        package=package_of(values, begins),
        is_usable_now=is_open_at_once(values, begins, center.zone),
        price_micros=price.total_micros,
        tax_micros=price.tax_micros,
        discount=discount,
        discount_micros=full.total_micros - price.total_micros,
        payment=payment,
    )
    if payment == COIN:
        return _paid_in_coins(read, center, plan, member_id, spent)
    if payment == BALANCE:
        return _paid_from_account(read, center, plan, member_id, at, spent)
    return plan


def plan_gift(read: Read, center: Center, at: datetime) -> SalePlan | None:
    """The package that a member who comes at `at` is given (setting new_member_offer); None where
    none is, or where it could never be used.

    It need not be on sale: an offer may be there for new members alone.
    """
    settings = center.settings
    offer_id = settings.member.new_member_offer
    if not offer_id or not settings.payment.allow_offer_session:
        return None
    offer = offer_by_id(read, center.id, offer_id)
    begins = whole_second(at)
    if offer is None or opens_at(package_of(offer.values, begins), center.zone, begins) is None:
        return None
    return SalePlan(
        offer=offer,
        bought_at=begins,
        limits=limits_of(offer.values, begins),
        package=package_of(offer.values, begins),
        is_usable_now=is_open_at_once(offer.values, begins, center.zone),
        price_micros=0,
        payment=GIFT,
    )


def _paid_from_account(
    read: Read, center: Center, plan: SalePlan, member_id: int, at: datetime, spent: Spent
) -> SalePlan:
    loyalty, price = center.settings.loyalty, plan.price_micros
    held = spendable_micros(read, center, member_id, at)
    balance = held.balance_micros - spent.balance_micros
    from_bonus = 0
    if loyalty.bonus_buy_offer:
        from_bonus = bonus_share(
            price,
            balance,
            held.bonus_micros - spent.bonus_micros,
            percentage=loyalty.max_bonus_percentage,
            is_bonus_first=loyalty.use_bonus_first,
            step_micros=unit_micros(center.currency),
        )
    if price - from_bonus > max(balance, 0):
        raise BalanceTooLow(say("the balance is too low"))
    return replace(plan, from_balance_micros=price - from_bonus, from_bonus_micros=from_bonus)


def _paid_in_coins(
    read: Read, center: Center, plan: SalePlan, member_id: int, spent: Spent
) -> SalePlan:
    values = plan.offer.values
    if not values.coin_price_micros:
        raise Refused(say("%(name)s is not sold for coins", name=values.name))
    held = balances(read, book_of_center(center.id), "member", member_id)
    if held.get(("coin", "COIN"), 0) - spent.coin_micros < values.coin_price_micros:
        raise BalanceTooLow(say("there are not enough coins"))
    return replace(plan, price_micros=0, tax_micros=0, coin_micros=values.coin_price_micros)


class RefundPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What giving a package back comes to. Money in micros, coins in micros of a coin."""

    package: OwnedPackage
    """As it is then: what the running session has used is taken off."""
    is_whole: bool
    """Whether the whole price goes back; False: the part that was not used."""
    handed_out: dict[str, int]
    """What leaves the till, by tender."""
    to_balance_micros: int = 0
    to_bonus_micros: int = 0
    coin_micros: int = 0
    tax_micros: int = 0
    """The tax in the money that goes back."""

    @property
    def money_micros(self) -> int:
        """What goes back in money."""
        return sum(self.handed_out.values()) + self.to_balance_micros + self.to_bonus_micros

    @property
    def to_account_micros(self) -> int:
        """What goes back to the account of its owner, coins too."""
        return self.to_balance_micros + self.to_bonus_micros + self.coin_micros

    @property
    def by_tender(self) -> dict[str, int]:
        """Money by the tender that it goes by; of an account the bonus is a part of it."""
        to_account = self.to_balance_micros + self.to_bonus_micros
        return {**self.handed_out, **({BALANCE: to_account} if to_account else {})}

    @property
    def given_micros(self) -> int:
        """What goes back in money, or of one paid in coins in coins."""
        return self.coin_micros if self.package.payment == COIN else self.money_micros

    def amounts(self, center_id: int) -> Amounts:
        """The postings of the sale, or their part, the other way round."""
        member_id = self.package.member_id
        return {
            **{("center", center_id, tender): part for tender, part in self.handed_out.items()},
            ("member", member_id, "balance"): self.to_balance_micros,
            ("member", member_id, "bonus"): self.to_bonus_micros,
            ("center", center_id, "revenue_offer"): self.tax_micros - self.money_micros,
            ("center", center_id, "tax"): -self.tax_micros,
            ("member", member_id, "coin"): self.coin_micros,
            ("center", center_id, "coin_issued"): -self.coin_micros,
        }


def why_not_covered(read: Read, center: Center, plan: RefundPlan) -> str:
    """Why giving a package back would be refused though it may go back: what the sale gave its
    buyer was spent (decision 0155). "" = it is not."""
    member_id, bonus = plan.package.member_id, plan.to_bonus_micros
    back = plan.money_micros - bonus
    if back <= 0:
        return ""
    moved = (Event.OFFER.value, back, plan.to_balance_micros, bonus)
    try:
        read.ask(GivingBack(center.id, member_id, *moved))
    except BalanceTooLow as refused:
        return refused.said
    return ""


def plan_refund(
    read: Read,
    center: Center,
    package: OwnedPackage,
    at: datetime,
    *,
    shown_micros: int | None = None,
    used_seconds: Mapping[int, int] | None = None,
) -> RefundPlan:
    """What giving `package` (as it is stored) back at `at` comes to; by the tender it was paid by.

    `used_seconds` is what running sessions have used until then, by the package's id; None: asked.

    A sum that was shown within the last five minutes, while somebody played on it, is honoured;
    another one raises OtherSum. Raises Refused for a package that was given back, is over, was
    used too long, or whose payment neither it nor the log of its sale tells for sure.
    """
    at = whole_second(at)
    if package.refunded_at is not None:
        raise Refused(say("the package was given back already"))
    if package.limits.is_booked:
        raise Refused(say("booked time is given back by cancelling its booking"))
    if package.is_expired(at):
        raise Refused(say("the package has expired and is not given back"))
    package = with_payment(read, center.id, package)
    if not package.payment:
        raise Refused(say("how this package was paid is not known; it cannot be given back here"))
    if used_seconds is None:
        used_seconds = claimed_each(read, PackageSeconds(center.id, (package.member_id,), at))
    playing = used_seconds.get(package.member_offer_id, 0)
    package = replace(package, seconds_left=max(package.seconds_left - playing, 0))
    back = _back(center, package, playing, shown_micros)
    plan = RefundPlan(
        package=package,
        is_whole=back.is_whole,
        handed_out={},
        tax_micros=_tax_back(package, back, center.currency),
    )
    if package.payment == COIN:
        return replace(plan, coin_micros=back.micros)
    if package.payment not in (BALANCE, GIFT):
        ways = pay_back([CameBy(package.payment, back.micros)], back.micros)
        return replace(plan, handed_out=ways.handed_out)
    # The bonus gets its part of what goes back, rounded down; money is never less than its own.
    price = package.price_micros
    to_bonus = back.micros * package.from_bonus_micros // price if price else 0
    if not back.is_whole:
        step = unit_micros(center.currency)
        to_bonus = to_bonus // step * step
    return replace(plan, to_bonus_micros=to_bonus, to_balance_micros=back.micros - to_bonus)


def _tax_back(package: OwnedPackage, back: Back, currency: str) -> int:
    """The tax that was kept at the sale, or that part of it which goes back."""
    price = package.price_micros
    return tax_of_part(package.tax_micros, price if back.is_whole else back.micros, price, currency)


def _back(
    center: Center, package: OwnedPackage, playing_seconds: int, shown_micros: int | None
) -> Back:
    """What goes back: as it is now, or as it was shown a little while ago."""
    payment = center.settings.payment
    paid = package.coin_micros if package.payment == COIN else package.price_micros

    def after(used_seconds: int) -> Back:
        return given_back(
            *(paid, package.seconds, used_seconds),
            free_minutes=payment.free_time_minutes,
            within_minutes=payment.refund_within_minutes,
            step_micros=unit_micros(center.currency),
        )

    if shown_micros is None:
        return after(package.used_seconds)
    lately = min(int(SHOWN_SECONDS_MAX * max(clock.scale(), 1)), playing_seconds)
    now: Back | None = None
    try:
        now = after(package.used_seconds)
    except Refused:
        if not lately:
            raise
    if now is not None and now.micros == shown_micros:
        return now
    back = honoured(shown_micros, now, after(package.used_seconds - lately))
    if back is None:
        raise OtherSum
    return back
