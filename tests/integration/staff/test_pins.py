"""PINs in the store: tries at once each count, and one sign-in is taken over once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from lanhouse.auth.tables import tokens
from lanhouse.auth.tokens import NewToken, find_token, issue_token
from lanhouse.cafe.staff.commands import TooLate
from lanhouse.cafe.staff.commands.pins import Switch, count_pin_try, switch_person
from lanhouse.cafe.staff.plans import NeedsPassword, pin_of
from lanhouse.cafe.staff.tables import staff_pins
from lanhouse.db.store import Store, Tx
from lanhouse.kit import clock
from lanhouse.kit.ids import secret_hash
from tests.builders.centers import open_hall
from tests.builders.floor import Floor

HASH = "as it is kept"


@pytest.fixture
def floor(store: Store) -> Floor:
    return Floor(store, open_hall(store))


def add_pin(tx: Tx, person: tuple[int, int]) -> None:
    tx.run(
        sa.insert(staff_pins),
        center_id=person[0],
        staff_id=person[1],
        pin_hash=HASH,
        failures=0,
        since=clock.real_now(),
    )


def failures(floor: Floor, staff_id: int) -> int:
    pin = floor.store.read_sync(pin_of, 7777, staff_id)
    assert pin is not None
    return pin.failures


def test_six_tries_at_once_are_five(floor: Floor) -> None:
    ada = floor.hire("ada").staff_id
    floor.run(add_pin, (7777, ada))

    def attempt(_: int) -> int | None:
        try:
            return floor.store.run_sync(count_pin_try, (7777, ada))
        except NeedsPassword:
            return None

    with ThreadPoolExecutor(6) as pool:
        left = sorted(pool.map(attempt, range(6)), key=str)
    assert left == [0, 1, 2, 3, 4, None]
    assert failures(floor, ada) == 5
    with pytest.raises(NeedsPassword):
        floor.run(count_pin_try, (7778, ada))


def test_a_sign_in_is_taken_over_once(floor: Floor) -> None:
    ada, bob = floor.hire("ada"), floor.hire("bob")
    floor.open_shift(ada, floor.add_till())
    floor.run(add_pin, (7777, ada.staff_id))
    floor.run(count_pin_try, (7777, ada.staff_id))
    secret = floor.run(issue_token, NewToken(7777, "staff", "cookie", bob.staff_id))
    former = msgspec.structs.replace(bob, token_hash=secret_hash(secret))
    cmd: Any = Switch(
        center=floor.center,
        actor=former,
        staff_id=ada.staff_id,
        pin_hash=HASH,
        address="127.0.0.1",
        program="",
    )
    with pytest.raises(NeedsPassword):
        floor.run(switch_person, msgspec.structs.replace(cmd, pin_hash="another one"))
    assert floor.store.read_sync(find_token, secret, "cookie") is not None
    done = floor.run(switch_person, cmd)
    with pytest.raises(TooLate):
        floor.run(switch_person, cmd)
    assert floor.store.read_sync(find_token, secret, "cookie") is None
    [token] = floor.store.read_sync(lambda read: read.all(sa.select(tokens)))
    assert (token.subject_id, token.token_hash) == (ada.staff_id, secret_hash(done.secret))
    assert failures(floor, ada.staff_id) == 0
