"""Moving the money of members and tills: the ledger's transfer and the row of the log.

Amounts are micros by (owner kind, owner id, account kind); the kinds stand in kinds.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import (
    BalanceChanged,
    BonusChanged,
    CenterOpened,
    GivingBack,
    PointsChanged,
    Sold,
)
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.money.errors import NeedsShift
from lanhouse.cafe.money.kinds import BY_ACCOUNT, KINDS
from lanhouse.cafe.money.locks import hold_shift, must_have_shift
from lanhouse.cafe.money.log import write_log, write_logs
from lanhouse.cafe.money.schemas import (
    NOTHING_TOLD,
    Event,
    LogEntry,
    Subject,
    Told,
    columns_of,
    subject_of_group,
)
from lanhouse.cafe.money.tenders import TENDERS
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.db.statements import static
from lanhouse.db.store import Read, Tx
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.money import unit_micros
from lanhouse.kit.said import say
from lanhouse.ledger import Posting, Transfer, book_of_center, open_account, post
from lanhouse.ledger.batch import post_many
from lanhouse.ledger.tables import accounts

Amounts = Mapping[tuple[str, int, str], int]
"""Micros by (owner kind, owner id, account kind); they sum to zero in each currency."""
Accounts = Mapping[tuple[str, int, str], int]
"""Ids of ledger accounts by (owner kind, owner id, account kind)."""

_ACCOUNT = static(
    sa.select(members.c.account, members.c.group_id).where(
        members.c.center_id == sa.bindparam("center"), members.c.id == sa.bindparam("member")
    )
)
_PC = static(
    sa.select(pcs.c.id, pcs.c.pc_group_id, pcs.c.console_type).where(
        pcs.c.center_id == sa.bindparam("center"), pcs.c.name == sa.bindparam("name")
    )
)

_TILLS = static(
    sa.select(accounts.c.id)
    .where(accounts.c.book_id == sa.bindparam("book"), accounts.c.owner_kind == "center")
    .order_by(accounts.c.id)
    .with_for_update(key_share=True)
)


def open_center_accounts(tx: Tx, facts: Sequence[CenterOpened]) -> None:
    """Open the accounts of new centres; follows CenterOpened."""
    for fact in facts:
        for kind in KINDS:
            if kind.owner == "center":
                _open(tx, fact.center_id, fact.currency, ("center", fact.center_id, kind.name))


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """Money that moves for one reason, and what the log tells of it; or something to tell alone.

    `amounts` sum to zero in each currency; zeros are left out, and empty ones move nothing.
    """

    center: Center
    actor: Actor
    event: Event
    member_id: int
    """Whose it is; 0 = the house's own."""
    holder: tuple[str, int] | None = None
    """The member's account and group, where the caller has read them already."""
    pc_name: str = ""
    """The PC on which it happens; "" = on none."""
    kind: str = ""
    """Of the ledger's transfer; empty where nothing moves."""
    amounts: Amounts = {}
    reverses_id: int | None = None
    """The transfer that this one takes back, when it is a single one."""
    used_seconds: int = 0
    told: Told = NOTHING_TOLD
    details: str = ""
    at: datetime | None = None
    """When it happened, if that was before the command (decision 0077)."""
    is_settled: bool = False
    """Whether the caller settles the member's session itself, so that nobody need follow."""
    shift_id: int | None = None
    """The shift that it is booked in, locked by the caller; None: the one of `actor`."""


class Moved(msgspec.Struct, frozen=True):
    """The ledger's transfer, None when nothing moved, and the row of the log."""

    transfer_id: int | None
    entry: LogEntry


def move(tx: Tx, movement: Movement, known: Accounts | None = None) -> Moved:
    """Post a movement, write its row of the log, and tell who must follow.

    Ledger accounts that are not `known` are looked up or opened. Raises NeedsShift and the
    ledger's refusals.
    """
    _ask(tx, movement)
    shift_id = _shift_of(movement, _held(tx, [movement]))
    transfer = _transfer(tx, movement, known)
    transfer_id = post(tx, transfer).transfer_id if transfer.postings else None
    moved = Moved(transfer_id, _entry(tx, movement, transfer_id, shift_id))
    write_log(tx, moved.entry)
    _tell(tx, movement, transfer_id)
    return moved


def move_many(tx: Tx, movements: Sequence[Movement], known: Accounts | None = None) -> list[Moved]:
    """As move() for each, all or none: one pass over the ledger locks the accounts by rising id.

    Whoever moves more than once in a command does it here: one movement after the other would
    lock the tills in the order of its customers, and another desk in that of its own.
    """
    if len(movements) == 1:
        return [move(tx, movements[0], known)]
    moved: list[Moved] = []
    for outcome in move_each(tx, movements, known):
        if not isinstance(outcome, Moved):
            raise outcome
        moved.append(outcome)
    return moved


def move_each(
    tx: Tx, movements: Sequence[Movement], known: Accounts | None = None
) -> list[Moved | AppError]:
    """As move_many(), but a refusal stands in the place of its movement and touches no other.

    All movements are of one centre and one caller.
    """
    for movement in movements:
        _ask(tx, movement)
    held = _held(tx, movements)
    booked_in = [_shift_or_refusal(movement, held) for movement in movements]
    transfers = [
        None if isinstance(shift, NeedsShift) else _transfer(tx, movement, known)
        for movement, shift in zip(movements, booked_in, strict=True)
    ]
    posted = iter(post_many(tx, [each for each in transfers if each is not None and each.postings]))
    outcomes: list[Moved | AppError] = []
    for movement, transfer, shift in zip(movements, transfers, booked_in, strict=True):
        if transfer is None or isinstance(shift, NeedsShift):
            outcomes.append(NeedsShift())
            continue
        done = next(posted) if transfer.postings else None
        if isinstance(done, AppError):
            outcomes.append(done)
            continue
        transfer_id = None if done is None else done.transfer_id
        outcomes.append(Moved(transfer_id, _entry(tx, movement, transfer_id, shift)))
        _tell(tx, movement, transfer_id)
    write_logs(tx, [outcome.entry for outcome in outcomes if isinstance(outcome, Moved)])
    return outcomes


def hold_tills(tx: Tx, center: Center, actor: Actor) -> None:
    """Lock the caller's shift and the accounts of the house by rising id, for a command that cannot
    move all in one pass.

    What it moves afterwards, in whatever order, waits for nobody any more.
    """
    hold_shift(tx, center, actor)
    tx.all(_TILLS, book=book_of_center(center.id))


def _held(tx: Tx, movements: Sequence[Movement]) -> int | None:
    """The open shift of who moves, if any of it is to be booked there."""
    for movement in movements:
        if movement.shift_id is None and any(movement.amounts.values()):
            return hold_shift(tx, movement.center, movement.actor)
    return None


def _shift_of(movement: Movement, held: int | None) -> int | None:
    """The shift that a movement is booked in; None for what moves nothing. Raises NeedsShift."""
    if movement.shift_id is not None or not any(movement.amounts.values()):
        return movement.shift_id
    must_have = must_have_shift(movement.center, movement.actor)
    if held is None and must_have and _passes_the_desk(movement):
        raise NeedsShift
    return held


def _shift_or_refusal(movement: Movement, held: int | None) -> int | NeedsShift | None:
    try:
        return _shift_of(movement, held)
    except NeedsShift as refused:
        return refused


def _passes_the_desk(movement: Movement) -> bool:
    """Whether money is taken or given, by whatever tender."""
    house = movement.center.id
    return any(movement.amounts.get(("center", house, tender)) for tender in TENDERS)


def _transfer(tx: Tx, movement: Movement, known: Accounts | None) -> Transfer:
    """The ledger's transfer of a movement, zeros left out."""
    center, actor = movement.center, movement.actor
    postings: list[Posting] = []
    unit = unit_micros(center.currency)
    for owner, amount in movement.amounts.items():
        if not amount:
            continue
        if amount % unit and not BY_ACCOUNT[owner[0], owner[2]].currency:
            # Every door refuses it by its field; this is the wall behind them (decision 0118).
            raise InvalidInput({"amount": say("is no amount of %(name)s", name=center.currency)})
        account_id = known.get(owner) if known else None
        if account_id is None:
            account_id = _open(tx, center.id, center.currency, owner)
        postings.append(Posting(account_id, amount))
    return Transfer(
        book_id=book_of_center(center.id),
        kind=movement.kind,
        postings=postings,
        actor_kind=actor.kind,
        actor_id=actor.subject_id,
        reverses_id=movement.reverses_id,
    )


def _open(tx: Tx, center_id: int, currency: str, owner: tuple[str, int, str]) -> int:
    owner_kind, owner_id, name = owner
    kind = BY_ACCOUNT[owner_kind, name]
    return open_account(
        tx,
        book_of_center(center_id),
        owner_kind,
        owner_id,
        name,
        kind.currency or currency,
        may_go_negative=kind.may_go_negative,
    )


def account_of(read: Read, center_id: int, member_id: int) -> tuple[str, int]:
    """The member's account and group; empty and 0 when there is no such member."""
    member = read.one(_ACCOUNT, center=center_id, member=member_id)
    return ("", 0) if member is None else (member.account, member.group_id)


def _entry(tx: Tx, movement: Movement, transfer_id: int | None, shift_id: int | None) -> LogEntry:
    """The row of the log; its amounts are those of the transfer.

    The PC stands there with its id and group as they are now. What happens on a console is told
    under "console", whoever plays.
    """
    center_id, pc_name = movement.center.id, movement.pc_name
    account, group_id = movement.holder or account_of(tx, center_id, movement.member_id)
    pc = tx.one(_PC, center=center_id, name=pc_name) if pc_name else None
    subject = Subject.CENTER if movement.member_id == 0 else subject_of_group(group_id)
    if pc is not None and pc.console_type:
        subject = Subject.CONSOLE
    return LogEntry(
        center_id=center_id,
        event=movement.event,
        subject=subject,
        member_id=movement.member_id,
        member_account=account,
        member_group_id=group_id,
        pc_id=None if pc is None else pc.id,
        pc_name=pc_name,
        pc_group_id=None if pc is None else pc.pc_group_id,
        used_seconds=movement.used_seconds,
        staff_id=movement.actor.staff_id,
        staff_name=movement.actor.staff_name,
        details=movement.details,
        transfer_id=transfer_id,
        shift_id=shift_id,
        at=movement.at,
        **msgspec.structs.asdict(movement.told),
        **columns_of(movement.amounts),
    )


def _ask(tx: Tx, movement: Movement) -> None:
    """Ask whether what was sold to a member may go back: what it gave may be spent."""
    if not movement.member_id or not _is_sale(movement):
        return
    moved = columns_of(movement.amounts)
    back = -(moved["cost_micros"] + moved["bonus_micros"] + moved["loan_micros"])
    if moved["cost_micros"] < 0 < back:
        tx.ask(
            GivingBack(
                *(movement.center.id, movement.member_id, movement.event.value, back),
                *(moved["balance_micros"], moved["bonus_micros"]),
            )
        )


def _is_sale(movement: Movement) -> bool:
    """Whether something is sold by it, or given back."""
    return any(
        amount and BY_ACCOUNT[owner, kind].column == "cost_micros"
        for (owner, _, kind), amount in movement.amounts.items()
    )


def _may_give(movement: Movement) -> bool:
    """Whether a sale may have given something, or gives something now: nobody need look otherwise,
    and most sales are made where nothing is given."""
    loyalty = movement.center.settings.loyalty
    gives = (
        loyalty.point_enable
        or loyalty.bonus_cashback_enable
        or loyalty.referral_settings not in ("", "{}")
    )
    return (gives or movement.kind.endswith("_refund")) and _is_sale(movement)


def _tell(tx: Tx, movement: Movement, transfer_id: int | None) -> None:
    """Tell whose money is not what it was, and what was sold."""
    center_id, actor = movement.center.id, movement.actor
    if movement.member_id and transfer_id is not None and _may_give(movement):
        tx.tell(Sold(center_id, movement.member_id, transfer_id))
    moved = {
        (owner_id, kind)
        for (owner, owner_id, kind), amount in movement.amounts.items()
        if amount and owner == "member"
    }
    for member_id, kind in sorted(moved):
        if kind in ("balance", "bonus") and not movement.is_settled:
            tx.tell(BalanceChanged(center_id, member_id))
        if kind == "bonus" and movement.center.settings.loyalty.bonus_expiration_time:
            tx.tell(BonusChanged(center_id, member_id))
        elif kind == "point":
            tx.tell(PointsChanged(center_id, member_id, actor.kind, actor.subject_id))
