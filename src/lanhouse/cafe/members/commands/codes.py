"""Codes by text message, with which a lost password is set anew (decision 0173)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import PasswordChanged
from lanhouse.cafe.members.commands import set_password_hash
from lanhouse.cafe.members.commands.account_log import log_change
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.members.rules import account_key
from lanhouse.cafe.members.tables import members, sms_codes
from lanhouse.cafe.notify.commands import TextMessage, send_text
from lanhouse.db.statements import Row, insert_ignore, static
from lanhouse.db.store import Read, Retry, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say
from lanhouse.kit.vault import Vault

CODE_DIGITS = 6
CODE_TRIES_MAX = 5
CODE_LASTS = timedelta(minutes=10)
CODE_AGAIN = timedelta(minutes=1)
"""Between two codes for one number."""
CODES_PER_DAY = 10
"""For one number: each is paid for, and each is five more guesses."""
DAY = timedelta(days=1)
_PURPOSE = "sms code"
_NONE = "none"

_codes = sms_codes.c
_THIS = (_codes.center_id == sa.bindparam("center")) & (_codes.phone == sa.bindparam("number"))
_FIRST = static(insert_ignore(sms_codes))
_LOCK = static(sa.select(sms_codes).where(_THIS).with_for_update())
_MADE = static(
    sa.update(sms_codes)
    .where(_THIS)
    .values(
        {
            column: sa.bindparam(f"new_{column.name}", type_=column.type)
            for column in (
                *(_codes.member_id, _codes.code_mark, _codes.tries, _codes.made_at),
                *(_codes.expires_at, _codes.day_from, _codes.day_count),
            )
        }
    )
)
_WRONG = static(sa.update(sms_codes).where(_THIS).values(tries=_codes.tries + sa.literal(1)))
_USED = static(sa.update(sms_codes).where(_THIS).values(member_id=sa.null(), code_mark=_NONE))


def _plain(column: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    for sign in " ()./-":
        column = sa.func.replace(column, sign, "")
    return column


# As notify's checked_phone() writes a number. Everything that asks is held back by its address.
_WITH_PHONE = static(
    sa.select(members.c.id, members.c.account_key)
    .where(
        members.c.center_id == sa.bindparam("center"),
        members.c.deleted_at.is_(None),
        members.c.is_active.is_(sa.true()),
        members.c.group_id >= 0,
        members.c.phone != "",
        _plain(members.c.phone) == sa.bindparam("number"),
    )
    .limit(50)
)


class AskCode(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody wants a code for a telephone number (checked_phone); `account` says whose it is
    where several have it. `code` is what would be sent, `mark` what is kept of it."""

    center: Center
    actor: Actor
    phone: str
    account: str
    code: str
    mark: str


class TypedCode(msgspec.Struct, frozen=True):
    """What was typed for a number, as its mark."""

    center: Center
    phone: str
    mark: str


class ResetByCode(msgspec.Struct, frozen=True, kw_only=True):
    """A new password for whom a code was sent."""

    typed: TypedCode
    actor: Actor
    new_hash: str


class WrongSmsCode(Refused):
    """Not the code, or one that counts no longer; whether there was one is not told."""

    def __init__(self) -> None:
        super().__init__(say("The code is wrong, or it counts no longer."))


def new_code() -> str:
    """Six digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def code_mark(vault: Vault, center_id: int, phone: str, typed: str) -> str:
    """What is kept of a code, and compared with what is typed. Raises Refused without a server
    secret."""
    mark = vault.mark(_PURPOSE, f"{center_id} {phone} {''.join(typed.split())}")
    if not mark:
        raise Refused(say("This server has no secret, so it makes no codes."))
    return mark


def must_send_codes(center: Center) -> None:
    """Raise Refused where the centre sends no codes."""
    if not center.settings.member.sms_enable:
        raise Refused(say("This centre sends no codes by text message."))


def ask_code(tx: Tx, cmd: AskCode) -> None:
    """Make a code and send it, if exactly one member has this number; else nothing is sent, and
    all that is told and kept is the same.

    The code before it counts no longer. Raises Refused when one was asked for a minute ago or
    CODES_PER_DAY today, and what send_text() raises where the centre has no provider.
    """
    now = clock.real_now()
    tx.audit("center", cmd.center.id, after={"code": "asked for"})
    row = _locked(tx, cmd, now)
    is_today = row.day_from > now - DAY
    if row.day_count and row.made_at > now - CODE_AGAIN:
        raise Refused(say("A code was asked for a moment ago. Wait a minute."))
    if is_today and row.day_count >= CODES_PER_DAY:
        raise Refused(say("Too many codes were asked for today. Ask at the desk."))
    member_id = _whose(tx, cmd)
    tx.run(
        _MADE,
        center=cmd.center.id,
        number=cmd.phone,
        new_member_id=member_id,
        new_code_mark=cmd.mark,
        new_tries=0,
        new_made_at=now,
        new_expires_at=now + CODE_LASTS,
        new_day_from=row.day_from if is_today else now,
        new_day_count=row.day_count + 1 if is_today else 1,
    )
    if member_id is None:
        return
    minutes = CODE_LASTS // timedelta(minutes=1)
    text = f"{cmd.center.name}: {cmd.code} ({minutes} min)"
    message = TextMessage(
        center=cmd.center, actor=cmd.actor, phone=cmd.phone, text=text, key=f"code:{cmd.mark}"
    )
    send_text(tx, message)


def check_code(tx: Tx, typed: TypedCode) -> bool:
    """Whether it is the code that counts; anything else is a try."""
    tx.did_nothing()
    return _known(tx, typed) is not None


def reset_by_code(tx: Tx, cmd: ResetByCode) -> bool:
    """Set the password and use the code up; False, and a try, when it is not the one. Everything
    that was signed in ends."""
    center = cmd.typed.center
    row = _known(tx, cmd.typed)
    member = None if row is None else lock_member(tx, center.id, row.member_id)
    if member is None or member.deleted_at is not None or not member.is_active:
        tx.did_nothing()
        return False
    tx.audit("member", member.id, after={"password": "set by a code"})
    tx.run(_USED, center=center.id, number=cmd.typed.phone)
    set_password_hash(tx, center.id, member.id, cmd.new_hash)
    tx.tell(PasswordChanged(center.id, member.id))
    details = "Password set by a code that was sent by text message"
    log_change(tx, center, cmd.actor, member.id, member.account, member.group_id, details)
    return True


def _known(tx: Tx, typed: TypedCode) -> Row | None:
    """The row of a code that is right and counts; a wrong one is counted."""
    this = {"center": typed.center.id, "number": typed.phone}
    row = tx.one(_LOCK, **this)
    if row is None or row.expires_at <= clock.real_now() or row.tries >= CODE_TRIES_MAX:
        return None
    if row.member_id is None or row.code_mark != typed.mark:
        tx.run(_WRONG, **this)
        return None
    return row


def _locked(tx: Tx, cmd: AskCode, now: datetime) -> Row:
    tx.run(
        _FIRST,
        center_id=cmd.center.id,
        phone=cmd.phone,
        member_id=None,
        code_mark=_NONE,
        tries=0,
        made_at=now,
        expires_at=now,
        day_from=now,
        day_count=0,
    )
    row = tx.one(_LOCK, center=cmd.center.id, number=cmd.phone)
    if row is None:  # forgotten between the two statements
        raise Retry
    return row


def _whose(read: Read, cmd: AskCode) -> int | None:
    found = read.all(_WITH_PHONE, center=cmd.center.id, number=cmd.phone)
    if cmd.account:
        found = [row for row in found if row.account_key == account_key(cmd.account)]
    return found[0].id if len(found) == 1 else None
