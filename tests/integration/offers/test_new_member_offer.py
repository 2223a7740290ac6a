"""new_member_offer: what a new member is given when the account is opened."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.cafe.offers.commands import OfferChange, delete_offer
from lanhouse.cafe.offers.commands.refunding import PackageRefund, refund_package
from lanhouse.cafe.offers.schemas import OwnedPackage
from lanhouse.cafe.registration.commands import NewMember, create_member
from lanhouse.cafe.sessions.queries import packages_owned
from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, InvalidInput, Refused
from tests.builders.floor import DESK, EURO, Floor, open_floor


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    assert freeze is not None
    return open_floor(store)


def give(floor: Floor, offer_id: int) -> None:
    values: dict[str, Any] = {"member": {"new_member_offer": offer_id}}
    floor.run(save_settings, SettingsInput(center=floor.center, values=values))


def register(floor: Floor, account: str) -> int:
    new = NewMember(center=floor.center, actor=DESK, account=account, password_hash="x")
    return floor.run(create_member, new).member_id


def packages(floor: Floor, member_id: int) -> list[OwnedPackage]:
    return floor.store.read_sync(packages_owned, 7777, member_id, clock.now())


def test_a_new_member_plays_on_what_was_given(floor: Floor, freeze: clock.frozen) -> None:
    # It is not on sale: it is there for new members alone.
    offer = floor.add_offer("Welcome", 500, minutes=60, is_active=False, expires_after_days=2)
    assert packages(floor, register(floor, "before")) == []
    give(floor, offer)
    ann = register(floor, "ann")
    (package,) = packages(floor, ann)
    assert (package.name, package.seconds_left) == ("Welcome", 3600)
    assert (package.payment, package.price_micros, package.transfer_id) == ("gift", 0, None)
    assert package.limits.expires_at is not None
    details = [row.details for row in floor.logs("MEMBER")]
    assert details[-2:] == ["Account opened", "Package given: Welcome"]
    assert floor.logs("OFFER") == []
    floor.member(ann)
    freeze.advance(1800)
    (ended,) = floor.check_out("PC01")
    assert ended.bill.total_micros == 0
    assert packages(floor, ann)[0].seconds_left == 1800
    floor.verify()


def test_who_is_refused_gets_nothing_and_nobody_gets_it_twice(floor: Floor) -> None:
    offer = floor.add_offer("Welcome", 500, minutes=60)
    give(floor, offer)
    ann = register(floor, "ann")
    with pytest.raises(AppError, match="already exists"):
        register(floor, "ann")
    assert len(packages(floor, ann)) == 1
    floor.guest("postpaid")
    details = [row.details for row in floor.logs("MEMBER")]
    assert details.count("Package given: Welcome") == 1


def test_what_could_never_be_used_is_not_given(floor: Floor, freeze: clock.frozen) -> None:
    over = clock.now()
    offer = floor.add_offer("Welcome", 500, minutes=60, available_to=over)
    give(floor, offer)
    assert packages(floor, register(floor, "ann")) == []
    give(floor, floor.add_offer("Hello", 500, minutes=60))
    floor.set(allow_offer_session=False)
    assert packages(floor, register(floor, "bob")) == []
    floor.set(allow_offer_session=True)
    assert len(packages(floor, register(floor, "cyd"))) == 1


def test_taken_back_it_is_gone_and_nothing_is_handed_out(
    floor: Floor, freeze: clock.frozen
) -> None:
    give(floor, floor.add_offer("Welcome", 500, minutes=60))
    ann = register(floor, "ann")
    floor.give(ann, EURO)
    session = floor.member(ann)
    (package,) = packages(floor, ann)
    plan = floor.run(
        refund_package,
        PackageRefund(center=floor.center, actor=DESK, member_offer_id=package.member_offer_id),
    )
    assert (plan.given_micros, plan.handed_out) == (0, {})
    assert floor.session(session.id).segments[-1].packages == ()
    assert [row.details for row in floor.logs("MEMBER")][-1] == "Package taken back: Welcome"
    assert floor.money(ann) == (EURO, 0)
    floor.verify()


def test_the_setting_names_an_offer_of_the_centre(floor: Floor) -> None:
    with pytest.raises(InvalidInput) as wrong:
        give(floor, 12345)
    assert wrong.value.fields == {"new_member_offer": "is not a package of this centre"}
    offer = floor.add_offer("Welcome", 500, minutes=60)
    give(floor, offer)
    with pytest.raises(Refused, match="This is the package of new members"):
        floor.run(delete_offer, OfferChange(floor.center, offer, None))
    give(floor, 0)
    floor.run(delete_offer, OfferChange(floor.center, offer, None))
