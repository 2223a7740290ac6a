"""What the calls about sessions take in."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.kit.inputs import Amount, also, means
from lanhouse.kit.limits import COMMENT_CHARS_MAX, MAX_PC
from lanhouse.kit.pages import PageNumber

PcName = Annotated[str, Meta(max_length=100)]
PcNames = Annotated[list[PcName], also("pcs"), means("pc_names")]
OnePc = Annotated[PcName, also("pcs")]


class PcNamesIn(Struct):
    """One PC or several, as text or list."""

    pc_name: PcNames


class SeenAgeIn(Struct, kw_only=True):
    """What somebody has seen of the age of the new guest of a PC: the birthday on a paper (id_card,
    passport, licence, student, other). Whoever calls vouches for it. Ours, additive."""

    pc_name: PcName
    birthday: date
    document: Annotated[str, Meta(max_length=20)]


SeenAges = Annotated[list[SeenAgeIn], Meta(max_length=MAX_PC)]


class FreeSessionIn(PcNamesIn, kw_only=True):
    """One PC or several."""

    age_proofs: Annotated[SeenAges, means("proofs")] = []


class StartPcsIn(PcNamesIn, kw_only=True):
    """One PC or several; `players` is how many play at each console."""

    players: int = 1
    age_proofs: Annotated[SeenAges, means("proofs")] = []


class AddTimeMoneyIn(PcNamesIn):
    """`pc_cost` is paid for each PC; `payment_method` 0 cash, 2 card, 4 QR, or 20 more."""

    pc_cost: Annotated[Amount, means("amount")]
    payment_method: Annotated[int, means("payment")] = 0
    players: int = 1
    age_proofs: Annotated[SeenAges, means("proofs")] = []


class InitAddTimeMoneyIn(PcNamesIn):
    """`pc_add_value` minutes (type 0 or `time`) or money (type 1 or `money`).

    `payment_method` as in addTimeMoney: by card it is the card price.
    """

    pc_add_value: Annotated[str, Meta(max_length=40)]
    pc_add_time_type: Annotated[str, Meta(max_length=10)] = "0"
    payment_method: Annotated[int, means("payment")] = 0
    players: int = 1


class MemberSessionIn(Struct):
    """The member by account, or by id."""

    pc_name: OnePc
    member_account: Annotated[str, Meta(max_length=100)] = ""
    member_id: int | None = None
    players: int = 1


class AddOfferIn(PcNamesIn):
    """`offer_id` is a number or `o-<n>`; method 0 cash, 1 balance, 2 card, 3 coins, 4 QR,
    or 10 more."""

    offer_id: Annotated[str, Meta(max_length=25)]
    offer_payment_method: Annotated[int, means("payment")] = 0
    age_proofs: Annotated[SeenAges, means("proofs")] = []


class CheckoutIn(Struct):
    """PCs, or a member; time and sign are those of paymentInfo, or left out.

    `comment` is the reason when money goes back another way than it came. `auto`: a seat that shuts
    down ends its session, if the centre wants that.
    """

    pc_name: PcNames = []
    member_id: int | None = None
    member_account: Annotated[str, Meta(max_length=100)] = ""
    pc_cost: Amount | None = None
    pc_data_time: int | None = None
    pc_data_sign: Annotated[str, Meta(max_length=200)] | None = None
    payment_method: Annotated[int | None, means("payment")] = None
    comment: Annotated[str, Meta(max_length=COMMENT_CHARS_MAX)] = ""
    auto: bool = False


class MoveIn(Struct):
    """From a PC in use to a free one of the same PC group."""

    pc_name: OnePc
    move_to: Annotated[PcName, means("target_name")]


class BalanceIn(Struct):
    """A member by account, or whoever plays on a PC."""

    member_account: Annotated[str, Meta(max_length=100)] = ""
    pc_name: OnePc = ""


class OneMemberIn(Struct):
    """A member's number."""

    member_id: int


class HistoryIn(OneMemberIn):
    """`page` counts from 1."""

    page: PageNumber | None = None


class SeatIn(Struct):
    """A PC and an account; without one, or with "Guest", a guest who pays first."""

    pc_name: OnePc
    member_account: Annotated[str, Meta(max_length=100)] = ""
    players: int = 1


class PlayersIn(Struct):
    """How many play from now on."""

    players: int


class MinutesIn(SeatIn, kw_only=True):
    """How long somebody would play."""

    mins: Annotated[int, means("minutes")]


class MoneyIn(SeatIn, kw_only=True):
    """What somebody would pay."""

    topup_amount: Amount
