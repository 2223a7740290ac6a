"""Signing in in two steps: after the password a code of the second factor."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.auth.lockout import forgive
from lanhouse.auth.tables import tokens
from lanhouse.auth.tokens import SECOND_STEP, NewToken, issue_token
from lanhouse.cafe.money.log import write_log
from lanhouse.cafe.money.schemas import Event, LogEntry
from lanhouse.cafe.staff.commands import SignIn, TooLate, check_unchanged, person_signing_in
from lanhouse.cafe.staff.commands.kept_pins import forgive_pin
from lanhouse.cafe.staff.commands.second_factor import CodeUse, use_code
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

# No end_token(): what ends here never opened anything, so no backup could bring it back.
_END = static(
    sa.delete(tokens).where(
        tokens.c.token_hash == sa.bindparam("hash"), tokens.c.use == SECOND_STEP
    )
)


def pass_first_step(tx: Tx, done: SignIn) -> str:
    """Forget the failures and answer the secret that proves the right password for the time in
    which the code is to be typed; it opens nothing. Raises WrongPassword as sign_in() does."""
    check_unchanged(tx, done)
    forgive(tx, done.attempt)
    tx.did_nothing()  # nobody is signed in yet
    return issue_token(tx, done.token)


class LastStep(msgspec.Struct, frozen=True, kw_only=True):
    """A code after a right password (`step_hash` of its proof), and the token that they earn."""

    step_hash: str
    token: NewToken
    staff_name: str
    use: CodeUse


def pass_last_step(tx: Tx, step: LastStep) -> str:
    """Sign in; answers the token's secret. Raises WrongCode, and TooLate when the proof of the
    first step has ended: by time, by use, or with the password."""
    person = person_signing_in(tx, step.token)
    if person is None or not person.is_active or not tx.run(_END, hash=step.step_hash):
        raise TooLate
    by_recovery = use_code(tx, step.use)
    forgive_pin(tx, step.token.center_id, step.token.subject_id)
    entry = LogEntry(
        center_id=step.token.center_id,
        event=Event.LOGIN,
        staff_id=step.token.subject_id,
        staff_name=step.staff_name,
        details=f"Signed in from {step.use.attempt.address}"
        + (" with a recovery code" if by_recovery else ""),
    )
    write_log(tx, entry)
    return issue_token(tx, step.token)
