"""Taking a signed-in browser over by PIN, and setting one's own."""

from __future__ import annotations

from lanhouse.auth.passwords import check_password, make_hash
from lanhouse.auth.programs import program_of
from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.staff.commands.pins import (
    OwnPin,
    Switch,
    Switched,
    WrongPin,
    count_pin_try,
    set_own_pin,
    switch_person,
)
from lanhouse.cafe.staff.plans import plan_switch
from lanhouse.cafe.staff.rules import check_pin
from lanhouse.cafe.staff.sign_in import own_password
from lanhouse.kit import clock
from lanhouse.web.sign_in import attempt_of


async def switch_by_pin(call: CafeCall, staff_id: int, pin: str) -> Switched:
    """Let another person take this browser over.

    A wrong PIN is counted before it is compared, for the person wherever it is typed, beside the
    budgets of wrong passwords. Raises WrongPin, LockedOut, and what plan_switch() refuses.
    """
    center = call.center
    wanted = (center, call.actor.staff_id, staff_id, call.address)
    row, known = await call.read(plan_switch, *wanted, clock.now())
    attempt = attempt_of(call, center.id, f"staff-pin:{row.account.lower()}")
    counted = call.services.budgets.count(attempt)
    left = await call.store.write(count_pin_try, (center.id, row.id))
    if not await check_password(known.pin_hash, pin, attempt.subject):
        raise WrongPin(left)
    cmd = Switch(
        center=center,
        actor=call.actor,
        staff_id=row.id,
        pin_hash=known.pin_hash,
        address=call.address,
        program=program_of(call.request.headers.get("user-agent", "")),
    )
    done = await call.run(switch_person, cmd)
    call.services.budgets.forgive(counted)
    return done


async def change_pin(call: CafeCall, password: str, pin: str) -> None:
    """Set one's own PIN, or take it away (empty), with the password as the proof.

    Raises InvalidInput by field, WrongOldPassword, LockedOut, and Refused for who may have none.
    """
    if pin:
        check_pin(pin)
    attempt, counted, password_hash = await own_password(call, password)
    cmd = OwnPin(
        center_id=call.center.id,
        actor=call.actor,
        attempt=attempt,
        password_hash=password_hash,
        pin_hash=await make_hash(pin) if pin else "",
    )
    await call.run(set_own_pin, cmd)
    call.services.budgets.forgive(counted)
