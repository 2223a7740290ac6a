"""PINs: one's own, and taking a signed-in browser over with one (decision 0115)."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.auth.lockout import Attempt, forgive
from lanhouse.auth.tables import tokens
from lanhouse.auth.tokens import NewToken, end_token, issue_token
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.log import write_log
from lanhouse.cafe.money.schemas import Event, LogEntry
from lanhouse.cafe.staff.commands import TooLate, WrongOldPassword, person_signing_in
from lanhouse.cafe.staff.commands.kept_pins import drop_pin, forgive_pin
from lanhouse.cafe.staff.plans import NeedsPassword, plan_switch
from lanhouse.cafe.staff.queries import person_of, staff_by_id
from lanhouse.cafe.staff.rules import may_use_pin
from lanhouse.cafe.staff.tables import staff_pins
from lanhouse.db.statements import static, upsert
from lanhouse.db.store import Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.limits import PIN_FAILURES_MAX
from lanhouse.kit.said import say

_SET = static(upsert(staff_pins, ["center_id", "staff_id"], ["pin_hash", "failures", "since"]))
# Counted under the row's lock before the PIN is compared: tries at once do not share one.
_COUNT = static(
    sa.update(staff_pins)
    .where(
        staff_pins.c.center_id == sa.bindparam("the_center"),
        staff_pins.c.staff_id == sa.bindparam("the_person"),
        staff_pins.c.failures < PIN_FAILURES_MAX,
    )
    .values(failures=staff_pins.c.failures + 1)
    .returning(staff_pins.c.failures)
)
# Of two switches from one sign-in at once the second finds it ended.
_SIGN_IN = static(
    sa.select(tokens.c.expires_at)
    .where(tokens.c.token_hash == sa.bindparam("hash"), tokens.c.use == "cookie")
    .with_for_update()
)


class OwnPin(msgspec.Struct, frozen=True, kw_only=True):
    """A new PIN of one's own, after the password (`password_hash`, as it was checked) was right;
    an empty `pin_hash` takes it away."""

    center_id: int
    actor: Actor
    attempt: Attempt
    password_hash: str
    pin_hash: str


class Switch(msgspec.Struct, frozen=True, kw_only=True):
    """A PIN that was right (`pin_hash`, as it was compared), and the sign-in that it ends: the one
    of `actor`."""

    center: Center
    actor: Actor
    staff_id: int
    pin_hash: str
    address: str
    program: str


class Switched(msgspec.Struct, frozen=True):
    """The secret of the new sign-in, how long it counts, and whose it is."""

    secret: str
    seconds: int
    account: str


class WrongPin(InvalidInput):
    """Not this person's PIN; `left` more may be tried."""

    def __init__(self, left: int) -> None:
        reason = (
            say("is wrong. Tries left: %(count)s", count=left)
            if left
            else say("is wrong. Now only the password counts.")
        )
        super().__init__({"pin": reason})


def set_own_pin(tx: Tx, cmd: OwnPin) -> None:
    """Set or take away one's own PIN. Refused for who may do more than Staff, or has a second
    factor; WrongOldPassword when the password was changed meanwhile."""
    actor = cmd.actor
    row = staff_by_id(tx, cmd.center_id, actor.staff_id)
    if row is None or row.password_hash != cmd.password_hash:
        raise WrongOldPassword
    forgive(tx, cmd.attempt)
    if not cmd.pin_hash:
        drop_pin(tx, cmd.center_id, actor.staff_id)
    elif may_use_pin(person_of(row)):
        tx.run(
            _SET,
            center_id=cmd.center_id,
            staff_id=actor.staff_id,
            pin_hash=cmd.pin_hash,
            failures=0,
            since=clock.real_now(),
        )
    else:
        raise Refused(
            say("A PIN is for those who may do no more than Staff and have no second factor.")
        )
    told = "new" if cmd.pin_hash else "none"
    tx.audit("staff", actor.staff_id, after={"pin": told}, hidden=("pin",))


def count_pin_try(tx: Tx, person: tuple[int, int]) -> int:
    """Count a try of the PIN of a person (centre, staff id) as wrong; answers how many are left
    after it. Raises NeedsPassword when none is."""
    failures = tx.scalar(_COUNT, the_center=person[0], the_person=person[1])
    if failures is None:
        raise NeedsPassword(say("Too many wrong PINs. Sign in with the password."))
    return PIN_FAILURES_MAX - failures


def switch_person(tx: Tx, cmd: Switch) -> Switched:
    """End the sign-in of a browser and begin one of another person, which ends when the first one
    would have: a PIN prolongs nothing.

    Raises what plan_switch() does, TooLate when the first one has ended.
    """
    center, former = cmd.center, cmd.actor
    token = NewToken(
        center.id, "staff", "cookie", cmd.staff_id, address=cmd.address, program=cmd.program
    )
    # The person before the sign-in, as whoever changes a password and then ends its tokens.
    person_signing_in(tx, token)
    ends_at = tx.scalar(_SIGN_IN, hash=former.token_hash)
    seconds = 0 if ends_at is None else int((ends_at - clock.real_now()).total_seconds())
    if seconds <= 0:
        raise TooLate
    token = msgspec.structs.replace(token, valid_seconds=seconds)
    row, pin = plan_switch(tx, center, former.staff_id, cmd.staff_id, cmd.address, tx.now)
    if pin.pin_hash != cmd.pin_hash:
        raise NeedsPassword(say("The PIN was changed meanwhile."))
    forgive_pin(tx, center.id, row.id)
    end_token(tx, former.token_hash)
    entry = LogEntry(
        center_id=center.id,
        event=Event.LOGIN,
        staff_id=row.id,
        staff_name=row.account,
        details=f"Took over from {former.staff_name} by PIN at {cmd.address}",
    )
    write_log(tx, entry)
    tx.audit(
        "staff", row.id, before={"signed_in": former.staff_name}, after={"signed_in": row.account}
    )
    return Switched(issue_token(tx, token), seconds, row.account)
