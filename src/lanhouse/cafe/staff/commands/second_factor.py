"""The second factor of a person: a code from an app on his phone (decision 0106)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.auth import totp
from lanhouse.auth.actors import Actor
from lanhouse.auth.lockout import Attempt, forgive
from lanhouse.auth.tokens import end_tokens_of
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.staff.commands import WrongCode
from lanhouse.cafe.staff.commands.people import is_self, must_reach
from lanhouse.cafe.staff.queries import find_person
from lanhouse.cafe.staff.tables import second_factors, staff
from lanhouse.db.statements import Row, static, upsert
from lanhouse.db.store import Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import NotFound, Refused
from lanhouse.kit.said import say
from lanhouse.ledger.answers import HIDDEN

_OWN = (
    second_factors.c.center_id == sa.bindparam("the_center"),
    second_factors.c.staff_id == sa.bindparam("the_person"),
)
# One code at a time: of two calls with the same code the second sees it used.
_LOCK = static(sa.select(second_factors).where(*_OWN).with_for_update(key_share=True))
# Against whoever signs in without a code meanwhile (person_signing_in).
_LOCK_PERSON = static(
    sa.select(staff.c.id)
    .where(
        staff.c.center_id == sa.bindparam("the_center"), staff.c.id == sa.bindparam("the_person")
    )
    .with_for_update(key_share=True)
)
_BEGIN = static(
    upsert(
        second_factors,
        ["center_id", "staff_id"],
        ["sealed", "is_confirmed", "last_step", "recovery_hashes", "since"],
    )
)
_CHANGE = static(
    sa.update(second_factors)
    .where(*_OWN)
    .values(
        is_confirmed=True,
        last_step=sa.bindparam("new_step"),
        recovery_hashes=sa.bindparam("hashes", type_=second_factors.c.recovery_hashes.type),
    )
)
_DELETE = static(sa.delete(second_factors).where(*_OWN))


class NewFactor(msgspec.Struct, frozen=True):
    """A secret that an app is to be given, sealed under the server secret."""

    center_id: int
    staff_id: int
    sealed: bytes


class CodeUse(msgspec.Struct, frozen=True, kw_only=True):
    """A code that somebody typed, and what it is compared with.

    `secret` is what `sealed` holds, opened before the transaction; None when it cannot be opened
    (the server secret is another one): then a recovery code is all that counts.
    """

    center_id: int
    staff_id: int
    attempt: Attempt
    code: str
    sealed: bytes
    secret: bytes | None


class OwnFactor(msgspec.Struct, frozen=True, kw_only=True):
    """An act on one's own second factor, with a code as its proof."""

    actor: Actor
    use: CodeUse
    recovery_codes: Sequence[str] = ()
    """Codes that are to count from now on."""


def begin_second_factor(tx: Tx, new: NewFactor) -> None:
    """Keep a secret that counts once a code of it was typed. Refused while another one counts."""
    known = _locked(tx, new.center_id, new.staff_id)
    if known is not None and known.is_confirmed:
        raise Refused(say("Your second factor is on already. Switch it off first."))
    tx.run(
        _BEGIN,
        center_id=new.center_id,
        staff_id=new.staff_id,
        sealed=new.sealed,
        is_confirmed=False,
        last_step=0,
        recovery_hashes=[],
        since=clock.real_now(),
    )
    tx.did_nothing()  # it opens and closes nothing yet


def confirm_second_factor(tx: Tx, cmd: OwnFactor) -> list[str]:
    """From now on a sign-in needs a code; answers the recovery codes, to be shown this once.

    Whoever is signed in elsewhere as this person is signed out. Raises WrongCode.
    """
    use = cmd.use
    tx.scalar(_LOCK_PERSON, the_center=use.center_id, the_person=use.staff_id)
    row = _locked(tx, use.center_id, use.staff_id)
    if row is None or row.sealed != use.sealed or row.is_confirmed:
        raise WrongCode
    step = _fresh_step(row, use)
    forgive(tx, use.attempt)
    _keep(tx, row, step, [totp.recovery_hash(code) for code in cmd.recovery_codes])
    end_tokens_of(tx, use.center_id, "staff", use.staff_id, but=cmd.actor.token_hash)
    _audit(tx, use.staff_id, before="off", after="on")
    return list(cmd.recovery_codes)


def renew_recovery_codes(tx: Tx, cmd: OwnFactor) -> list[str]:
    """Other recovery codes instead of those that are left. Raises WrongCode."""
    use = cmd.use
    use_code(tx, use)
    row = _confirmed(tx, use)
    _keep(tx, row, row.last_step, [totp.recovery_hash(code) for code in cmd.recovery_codes])
    tx.audit("staff", use.staff_id, after={"recovery_codes": "new"}, hidden=("recovery_codes",))
    return list(cmd.recovery_codes)


def end_second_factor(tx: Tx, cmd: OwnFactor) -> None:
    """Switch one's own off, with a code of it as the proof. Raises WrongCode."""
    use_code(tx, cmd.use)
    _end(tx, cmd.use.center_id, cmd.use.staff_id)


class FactorReset(msgspec.Struct, frozen=True):
    """Take the second factor of somebody else away, who has lost it."""

    center_id: int
    staff_id: int
    actor: Actor


def reset_second_factor(tx: Tx, cmd: FactorReset) -> None:
    """The person signs in with the password alone until he sets another one up.

    Forbidden for a person with rights that the caller has not; Refused for one's own, which takes
    a code of it. Raises NotFound.
    """
    lock_center(tx, cmd.center_id)  # so that nobody gets more rights meanwhile
    person = find_person(tx, (cmd.center_id, cmd.staff_id))
    if person is None:
        raise NotFound(say("Staff not found"))
    if is_self(cmd.actor, cmd.staff_id):
        raise Refused(say("You switch your own second factor off on the page of your account."))
    must_reach(cmd.actor, person)
    if not person.has_second_factor:
        raise Refused(say("This person has no second factor."))
    _end(tx, cmd.center_id, cmd.staff_id)


def take_second_factor(tx: Tx, wanted: tuple[int, int]) -> bool:
    """Take it away from a person (centre, staff id), as the house itself does; answers whether
    there was one."""
    if not tx.run(_DELETE, the_center=wanted[0], the_person=wanted[1]):
        return False
    _audit(tx, wanted[1], before="on", after="off")
    return True


def use_code(tx: Tx, use: CodeUse) -> bool:
    """Count a code as used; answers whether it was a recovery code. Each code counts once.

    Raises WrongCode, also for one that was used before.
    """
    row = _confirmed(tx, use)
    recovery = totp.recovery_hash(use.code)
    if recovery and recovery in row.recovery_hashes:
        left = [each for each in row.recovery_hashes if each != recovery]
        _keep(tx, row, row.last_step, left)
    else:
        recovery = ""
        _keep(tx, row, _fresh_step(row, use), row.recovery_hashes)
    forgive(tx, use.attempt)
    return bool(recovery)


def without_codes(codes: list[str]) -> list[str]:
    """The same with HIDDEN in place of each code, for what is stored of an answer."""
    return [HIDDEN for _ in codes]


def _locked(tx: Tx, center_id: int, staff_id: int) -> Row | None:
    return tx.one(_LOCK, the_center=center_id, the_person=staff_id)


def _confirmed(tx: Tx, use: CodeUse) -> Row:
    row = _locked(tx, use.center_id, use.staff_id)
    if row is None or not row.is_confirmed or row.sealed != use.sealed:
        raise WrongCode
    return row


def _fresh_step(row: Row, use: CodeUse) -> int:
    now = totp.step_at(clock.real_now().timestamp())
    code = totp.typed(use.code)
    step = None if use.secret is None else totp.matching_step(use.secret, code, now)
    if step is None or step <= row.last_step:
        raise WrongCode
    return step


def _keep(tx: Tx, row: Row, step: int, hashes: Sequence[str]) -> None:
    tx.run(
        _CHANGE,
        the_center=row.center_id,
        the_person=row.staff_id,
        new_step=step,
        hashes=list(hashes),
    )


def _end(tx: Tx, center_id: int, staff_id: int) -> None:
    tx.run(_DELETE, the_center=center_id, the_person=staff_id)
    _audit(tx, staff_id, before="on", after="off")


def _audit(tx: Tx, staff_id: int, *, before: str, after: str) -> None:
    tx.audit("staff", staff_id, before={"second_factor": before}, after={"second_factor": after})
