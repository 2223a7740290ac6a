"""Opening accounts for members and guests, with money on them from the start if there is some."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import MemberOpened
from lanhouse.cafe.groups.schemas import GUEST
from lanhouse.cafe.loyalty.commands.gifts import give_promo
from lanhouse.cafe.loyalty.commands.referrals import refer
from lanhouse.cafe.members.commands import NewGuest, create_guest
from lanhouse.cafe.members.commands.account_log import log_change
from lanhouse.cafe.members.commands.accounts import check_cap, check_group, insert_account
from lanhouse.cafe.members.commands.changing import MemberChange, change_members
from lanhouse.cafe.members.commands.guest_secret import GuestSecret
from lanhouse.cafe.members.commands.notes import NewConsent, give_consent
from lanhouse.cafe.members.locks import lock_one
from lanhouse.cafe.members.rules import RULES, birthday_text, check_fields, is_account
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.said import say
from lanhouse.ledger.answers import HIDDEN


class Personal(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a person; empty where nothing is."""

    first_name: str = ""
    last_name: str = ""
    birthday: date | None = None
    email: str = ""
    phone: str = ""
    id_card: str = ""
    address: str = ""
    sex: int = 0
    comments: str = ""


class Deposit(msgspec.Struct, frozen=True):
    """Money put on a new account; `payment` is cash, card or qr."""

    value_micros: int = 0
    bonus_micros: int = 0
    payment: str = "cash"


class NewMember(msgspec.Struct, frozen=True, kw_only=True):
    """A member to make; `group_id` None is the centre's group of new members."""

    center: Center
    actor: Actor
    account: str
    password_hash: str
    personal: Personal = Personal()
    group_id: int | None = None
    is_active: bool = True
    expires_at: datetime | None = None
    deposit: Deposit = Deposit()
    promo_code: str = ""
    """One for registrations."""
    referral_code: str = ""
    """Of the member who brought him."""
    is_by_himself: bool = False
    """Whether nobody of the house is beside him: it gives him nothing then (new_member_offer)."""
    agrees: bool = False
    """To the rules of the house, which who registers himself may have to."""


class NewGuestAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A guest account to make at the desk. It must expire."""

    center: Center
    actor: Actor
    secret: GuestSecret
    expires_at: datetime
    deposit: Deposit = Deposit()


class Opened(msgspec.Struct, frozen=True):
    """A new account; a guest's with its password."""

    member_id: int
    account: str
    password: str = ""


def create_member(tx: Tx, new: NewMember) -> Opened:
    """Make a member, with the deposit as a top-up in the same transaction, and what the centre
    gives to new members (setting new_member_offer).

    Raises InvalidInput by field (`promo_code`, `referral_code` and `agrees` too), AccountTaken,
    Refused at MAX_MEMBER members, and what a top-up raises.
    """
    center_id = new.center.id
    must_agree = _must_agree(new.center, new.is_by_himself, new.agrees)
    if not is_account(new.account):
        raise InvalidInput({"account": say("may hold letters, digits, _ - . and @ only")})
    group_id = new.group_id
    if group_id is None:
        group_id = new.center.settings.member.default_member_group
    values = msgspec.structs.asdict(new.personal) | {
        "account": new.account,
        "password_hash": new.password_hash,
        "birthday": birthday_text(new.personal.birthday),
        "group_id": group_id,
        "is_active": new.is_active,
        "expires_at": new.expires_at,
    }
    check_fields(new.center, values | {"balance": new.deposit.value_micros}, is_new=True)
    check_group(tx, center_id, group_id)
    lock_center(tx, center_id)
    check_cap(tx, center_id)
    member_id = insert_account(tx, center_id, values)
    opened = Opened(member_id, new.account)
    tx.tell(MemberOpened(center_id, member_id, new.is_by_himself))
    log_change(tx, new.center, new.actor, member_id, new.account, group_id, "Account opened")
    if must_agree:
        _keep_agreement(tx, new.center, new.actor, member_id)
    if new.referral_code:
        refer(tx, new.center, member_id, new.referral_code)
    if new.promo_code:
        give_promo(tx, new.center, new.actor, member_id, new.promo_code)
    _pay_in(tx, new.center, new.actor, member_id, new.deposit)
    return opened


def add_guest(tx: Tx, new: NewGuestAccount) -> Opened:
    """Make a guest account of group -1 (seed: Members, Add guest account)."""
    if new.expires_at <= tx.now:
        raise InvalidInput({"expires_at": say("must be in the future")})
    guest = create_guest(
        tx, NewGuest(new.center.id, GUEST, new.secret.password_hash, new.expires_at)
    )
    opened = Opened(guest.member_id, guest.account, new.secret.password)
    log_change(tx, new.center, new.actor, guest.member_id, guest.account, GUEST, "Account opened")
    _pay_in(tx, new.center, new.actor, guest.member_id, new.deposit)
    return opened


class ConvertGuest(msgspec.Struct, frozen=True, kw_only=True):
    """A guest account that becomes a member's; `group_id` None is that of new members."""

    center: Center
    actor: Actor
    guest_id: int
    account: str
    password_hash: str
    personal: Personal = Personal()
    group_id: int | None = None
    expires_at: datetime | None = None
    agrees: bool = False
    """To the rules of the house, which a guest who does it himself may have to."""


def convert_to_member(tx: Tx, cmd: ConvertGuest) -> Opened:
    """Make a guest account a member's: the id stays, and with it money, packages and history; what
    was signed in as the guest ends.

    A session that he plays goes on under the prices of the new group. Raises MemberNotFound,
    Refused for what is no guest account (guests without a log-in, group -2 and below, are their
    session's), and what change_members() raises.
    """
    center, is_by_himself = cmd.center, cmd.actor.kind == "member"
    must_agree = _must_agree(center, is_by_himself, cmd.agrees)
    lock_center(tx, center.id)
    guest = lock_one(tx, center.id, cmd.guest_id)
    if guest.group_id != GUEST:
        raise Refused(say("%(account)s is not a guest account.", account=guest.account))
    group_id = cmd.group_id
    if group_id is None:
        group_id = center.settings.member.default_member_group
    values = msgspec.structs.asdict(cmd.personal) | {
        "account": cmd.account,
        "password_hash": cmd.password_hash,
        "birthday": birthday_text(cmd.personal.birthday),
        "group_id": group_id,
        "expires_at": cmd.expires_at,
    }
    change = MemberChange(center=center, actor=cmd.actor, member_ids=[guest.id], values=values)
    change_members(tx, change)
    tx.tell(MemberOpened(center.id, guest.id, is_by_himself))
    if must_agree:
        _keep_agreement(tx, center, cmd.actor, guest.id)
    details = f"Guest {guest.account} became a member"
    log_change(tx, center, cmd.actor, guest.id, cmd.account, group_id, details)
    return Opened(guest.id, cmd.account)


def without_password(opened: Opened) -> Opened:
    """The same with HIDDEN in place of the password, for what is stored of an answer."""
    return msgspec.structs.replace(opened, password=HIDDEN)


def _must_agree(center: Center, is_by_himself: bool, agrees: bool) -> bool:
    """Whether who opens his account himself agrees to the rules. Raises InvalidInput where he must
    and does not."""
    must = is_by_himself and center.settings.member.register_agreement_enable
    if must and not agrees:
        raise InvalidInput({"agrees": say("is required")})
    return must


def _keep_agreement(tx: Tx, center: Center, actor: Actor, member_id: int) -> None:
    """What he agreed to is what the house's rules were at that moment (the audit log of the
    settings has them)."""
    give_consent(tx, NewConsent(center=center, actor=actor, member_id=member_id, kind=RULES))


def _pay_in(tx: Tx, center: Center, actor: Actor, member_id: int, deposit: Deposit) -> None:
    if not deposit.value_micros and not deposit.bonus_micros:
        return
    actor.require("members.topup")
    cmd = TopUp(
        center=center,
        actor=actor,
        member_ids=[member_id],
        value_micros=deposit.value_micros,
        bonus_micros=deposit.bonus_micros,
        payment=deposit.payment,
        comment="First deposit",
    )
    top_up(tx, cmd)
