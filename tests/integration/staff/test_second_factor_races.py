"""A code counts once, whoever else sends it in the same moment, on each database."""

from __future__ import annotations

import asyncio

import pytest

from lanhouse.auth import totp
from lanhouse.auth.actors import NOBODY
from lanhouse.auth.lockout import Attempt
from lanhouse.auth.tokens import SECOND_STEP, NewToken, issue_token
from lanhouse.cafe.staff.commands import (
    CodeNeeded,
    PasswordChange,
    SignIn,
    TooLate,
    WrongCode,
    set_password,
    sign_in,
)
from lanhouse.cafe.staff.commands.second_factor import (
    CodeUse,
    NewFactor,
    OwnFactor,
    begin_second_factor,
    confirm_second_factor,
)
from lanhouse.cafe.staff.commands.second_step import LastStep, pass_last_step
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.db.store import Store
from lanhouse.kit import clock, ids
from tests.builders.centers import Hall, open_hall, password_hash

SECRET = b"12345678901234567890"
SEALED = b"sealed"


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real time stands, so that no half minute ends in the middle of a test."""
    now = clock.real_now()
    monkeypatch.setattr(clock, "real_now", lambda: now)


def code(steps_on: int) -> str:
    return totp.code_of(SECRET, totp.step_at(clock.real_now().timestamp()) + steps_on)


def person_id(hall: Hall) -> int:
    row = hall.store.read_sync(staff_by_account, hall.center_id, hall.staff["staff"])
    assert row is not None
    return row.id


def code_use(hall: Hall, typed: str) -> CodeUse:
    return CodeUse(
        center_id=hall.center_id,
        staff_id=person_id(hall),
        attempt=Attempt(hall.center_id, "staff-code:staff7777", "127.0.0.1"),
        code=typed,
        sealed=SEALED,
        secret=SECRET,
    )


def switch_on(hall: Hall) -> None:
    """The cashier's second factor, with the code of the half minute before this one."""
    new = NewFactor(hall.center_id, person_id(hall), SEALED)
    hall.store.run_sync(begin_second_factor, new)
    hall.store.run_sync(
        confirm_second_factor, OwnFactor(actor=NOBODY, use=code_use(hall, code(-1)))
    )


def last_step(hall: Hall, typed: str) -> LastStep:
    token = NewToken(hall.center_id, "staff", SECOND_STEP, person_id(hall))
    step = hall.store.run_sync(issue_token, token)
    return LastStep(
        step_hash=ids.secret_hash(step),
        token=NewToken(hall.center_id, "staff", "bearer", person_id(hall)),
        staff_name="staff7777",
        use=code_use(hall, typed),
    )


def outcomes(store: Store, *steps: LastStep) -> list[object]:
    async def together() -> list[object]:
        store.start()
        return await asyncio.gather(
            *(store.write(pass_last_step, step) for step in steps), return_exceptions=True
        )

    return asyncio.run(together())


def test_of_many_with_the_same_code_one_gets_in(store: Store) -> None:
    hall = open_hall(store)
    switch_on(hall)
    typed = code(1)
    found = outcomes(store, *(last_step(hall, typed) for _ in range(6)))
    assert sum(isinstance(each, str) for each in found) == 1
    assert sum(isinstance(each, WrongCode) for each in found) == 5


def test_one_first_step_is_good_for_one_sign_in(store: Store) -> None:
    hall = open_hall(store)
    switch_on(hall)
    first = last_step(hall, code(0))
    second = LastStep(
        step_hash=first.step_hash,
        token=first.token,
        staff_name=first.staff_name,
        use=code_use(hall, code(1)),
    )
    found = outcomes(store, first, second)
    assert sum(isinstance(each, str) for each in found) == 1
    assert sum(isinstance(each, TooLate | WrongCode) for each in found) == 1


def test_who_had_the_password_checked_before_it_was_on_is_asked_too(store: Store) -> None:
    hall = open_hall(store)
    checked = SignIn(
        Attempt(hall.center_id, "staff:staff7777", "127.0.0.1"),
        NewToken(hall.center_id, "staff", "cookie", person_id(hall)),
        "staff7777",
        password_hash(),
    )
    switch_on(hall)
    with pytest.raises(CodeNeeded):
        store.run_sync(sign_in, checked)


def test_a_new_password_ends_the_first_step(store: Store) -> None:
    hall = open_hall(store)
    switch_on(hall)
    step = last_step(hall, code(0))
    store.run_sync(set_password, PasswordChange(hall.center_id, person_id(hall), "other"))
    assert isinstance(outcomes(store, step)[0], TooLate)
