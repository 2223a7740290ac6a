"""PC sessions on the wire. Amounts are text with 2 decimals, times are the centre's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.members.commands.guest_secret import new_guest_secret
from lanhouse.cafe.members.sign_in import must_be_own
from lanhouse.cafe.minors.schemas import SeenProof
from lanhouse.cafe.sessions import commands, wire
from lanhouse.cafe.sessions.commands import (
    AddMoney,
    AddOffer,
    Checkout,
    LoginWanted,
    Move,
    NewLogin,
    StartGuests,
    StartMember,
    push_status,
    read_guest_login,
    renew_guest_login,
    without_secret,
)
from lanhouse.cafe.sessions.queries import (
    session_by_id,
    status_of_member,
)
from lanhouse.cafe.sessions.queries.history import session_history
from lanhouse.cafe.sessions.queries.quotes import (
    customers_on,
    member_named,
    real_time_balance,
)
from lanhouse.cafe.sessions.schemas import FREE, POSTPAID
from lanhouse.cafe.sessions.sign_in import secrets_for, secrets_where_free
from lanhouse.cafe.sessions.wire.inputs import (
    AddOfferIn,
    AddTimeMoneyIn,
    BalanceIn,
    CheckoutIn,
    FreeSessionIn,
    HistoryIn,
    MemberSessionIn,
    MoveIn,
    OneMemberIn,
    PcNamesIn,
    SeenAgeIn,
    StartPcsIn,
)
from lanhouse.cafe.sessions.wire.outputs import (
    BillOut,
    EndedOut,
    GuestLoginOut,
    HistoryOut,
    MovedOut,
    PaymentInfoOut,
    PcStatusOut,
    RealTimeBalanceOut,
    StartedOut,
)
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.limits import LOGS_PER_PAGE
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.pages import paging_info
from lanhouse.kit.said import say
from lanhouse.web.replies import Nothing, Written, nothing

routes = CafeRoutes("PC sessions")
members = CafeRoutes("Members")
native = NativeRoutes("Sessions")


@routes.post(
    "/pcSessions/addTimeMoney",
    right="sessions.start",
    summary="Sell PC time for money: start a prepaid guest, or add to a running session",
    source="seed: PC sessions, Topup balance and start/update session",
)
async def add_time_money(call: CafeCall, data: AddTimeMoneyIn) -> Written[StartedOut]:
    """The sessions as they run now; a new guest's password is told this once."""
    payment = wire.desk_payment(data.payment_method, wire.PC_TIME_PAYMENTS, "payment_method")
    cmd = AddMoney(
        center=call.center,
        actor=call.actor,
        pc_names=data.pc_name,
        amount_micros=data.pc_cost,
        payment=payment,
        secrets=await secrets_where_free(call, data.pc_name),
        players=data.players,
        proofs=_seen(data.age_proofs),
    )
    return await _write_start(call, commands.add_money, cmd)


@routes.post(
    "/pcSessions/postpaidSession",
    right="sessions.start",
    summary="Start guests who pay at check-out",
    source="seed: PC sessions, Postpaid session",
)
async def postpaid_session(call: CafeCall, data: StartPcsIn) -> Written[StartedOut]:
    """The sessions as they run now; a guest's password is told this once."""
    return await _start_unpaid(call, data, POSTPAID, data.players)


@routes.post(
    "/pcSessions/freeSession",
    right="sessions.free",
    summary="Start sessions that nobody pays",
    source="seed: PC sessions, Free session",
)
async def free_session(call: CafeCall, data: FreeSessionIn) -> Written[StartedOut]:
    """The sessions as they run now; a guest's password is told this once."""
    return await _start_unpaid(call, data, FREE)


@routes.post(
    "/pcSessions/memberSession",
    right="sessions.start",
    summary="Start a member's session",
    source="seed: PC sessions, Member session",
)
async def member_session(call: CafeCall, data: MemberSessionIn) -> Written[StartedOut]:
    """The session as it runs now; 402 when the balance is too low."""
    member_id = await _member_id(call, data.member_account, data.member_id)
    if member_id is None:
        raise InvalidInput({"member_account": say("is required")})
    cmd = StartMember(
        center=call.center,
        actor=call.actor,
        pc_name=data.pc_name,
        member_id=member_id,
        players=data.players,
    )
    return await call.write(
        commands.start_member, cmd, lambda done: wire.started([done], call.center)
    )


@routes.post(
    "/pcSessions/addOffer",
    right="sessions.start",
    summary="Sell a package: start a guest with it, or add it to a running session",
    source="seed: PC sessions, Add offer",
)
async def add_offer(call: CafeCall, data: AddOfferIn) -> Written[StartedOut]:
    """The sessions as they run now; a new guest's password is told this once."""
    text = data.offer_id.lower().removeprefix("o-")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InvalidInput({"offer_id": say("must be the number of an offer")})
    methods = wire.OFFER_PAYMENTS
    cmd = AddOffer(
        center=call.center,
        actor=call.actor,
        pc_names=data.pc_name,
        offer_id=int(text),
        payment=wire.payment_of(data.offer_payment_method, methods, "offer_payment_method"),
        secrets=await secrets_where_free(call, data.pc_name),
        proofs=_seen(data.age_proofs),
    )
    return await _write_start(call, commands.add_offer, cmd)


@routes.post(
    "/pcSessions/paymentInfo",
    right="sessions.view",
    summary="What a check-out would cost now, signed",
    source="seed: PC sessions, Get payment info; cafe-wire, Sessions",
)
async def payment_info(call: CafeCall, data: PcNamesIn) -> PaymentInfoOut:
    """What each session has cost and how its guest would be settled; it holds for 5 minutes."""
    at = whole_second(clock.now())
    customers = await call.read(customers_on, call.center, data.pc_name, at)
    return wire.payment_info(customers, call.center, at)


@routes.post(
    "/pcSessions/checkout",
    right="sessions.checkout",
    summary="End sessions and settle them, all or none",
    source="seed: PC sessions, Checkout; cafe-wire, Sessions",
)
async def checkout(call: CafeCall, data: CheckoutIn) -> Written[EndedOut]:
    """What was charged and what was given back, for each session and in all.

    With pc_data_time and pc_data_sign the quoted cost holds for 5 minutes; altered, it is refused.
    Without payment_method a postpaid guest pays cash, and the rest of a prepaid one goes back the
    way it came; named, it is the tender for all of it (decision 0078). -2 leaves it open, and
    `auto` is a seat that shuts down (decision 0120).
    """
    payment = wire.settling_payment(data.payment_method)
    member_id = None
    if not data.pc_name:
        member_id = await _member_id(call, data.member_account, data.member_id)
    cmd = Checkout(
        center=call.center,
        actor=call.actor,
        pc_names=data.pc_name,
        member_id=member_id,
        payment=payment,
        comment=data.comment,
        quote_time=data.pc_data_time,
        quote_sign=data.pc_data_sign,
        quoted_micros=data.pc_cost,
    )
    command = commands.check_out_at_shutdown if data.auto else commands.check_out
    return await call.write(command, cmd, wire.ended)


@routes.post(
    "/pcSessions/move",
    right="sessions.start",
    summary="Move a session to a free PC of the same PC group",
    source="seed: PC sessions, Move; cafe-domain 1",
)
async def move(call: CafeCall, data: MoveIn) -> Written[MovedOut]:
    """Where the session is now."""
    cmd = Move(center=call.center, actor=call.actor, pc_name=data.pc_name, target_name=data.move_to)
    return await call.write(commands.move_session, cmd, wire.moved)


@routes.post(
    "/pcSessions/pushClientStatus",
    right="sessions.view",
    summary="Send PCs their client's status anew",
    source="seed: PC sessions, Push client status",
)
async def push_client_status(call: CafeCall, data: PcNamesIn) -> Written[Nothing]:
    """Succeeds for a PC that is not connected too: it learns its state when it connects."""
    return await call.write(push_status, (call.center, data.pc_name), nothing)


@routes.get(
    "/pcSessions/{member_id}/memberSessionHistory",
    right="sessions.view",
    summary="A member's sessions, the newest first",
    source="cafe-wire, Sessions",
)
async def member_session_history(call: CafeCall, data: HistoryIn) -> HistoryOut:
    """The running session too, without its cost and end."""
    page = data.page or 1
    found = await call.read(session_history, call.center.id, data.member_id, page)
    shown = paging_info(found.total, page, LOGS_PER_PAGE, sent=data.page is not None)
    return wire.history(found.rows, call.center, shown)


@members.post(
    "/getRealTimeBalance",
    right="members.view",
    summary="A member's money less what the running session has used of it",
    source="seed: Members, Get real time balance; cafe-wire, Sessions",
)
async def get_real_time_balance(call: CafeCall, data: BalanceIn) -> RealTimeBalanceOut:
    """What a member has left when the running session's cost so far is taken off."""
    if not data.member_account and not data.pc_name:
        raise InvalidInput({"member_account": say("is required")})
    found = await call.read(
        real_time_balance, call.center, data.member_account, data.pc_name, clock.now()
    )
    if found is None:
        raise NotFound(say("Member not found"))
    return wire.real_time_balance(found)


@members.get(
    "/memberPcStatus",
    right="sessions.view",
    own=("member.self",),
    summary="Where a member plays and how many minutes are left",
    source="cafe-wire, Sessions",
)
async def member_pc_status(call: CafeCall, data: OneMemberIn) -> PcStatusOut:
    """Whoever does not play is nowhere, with no minutes left. A member's token tells of him."""
    must_be_own(call.actor, data.member_id)
    session = await call.point(status_of_member, call.center.id, data.member_id)
    return wire.pc_status(session, clock.now())


@native.get(
    "/sessions/{session_id}/bill",
    right="sessions.view",
    summary="A session's bill, line by line",
)
async def session_bill(call: CafeCall) -> BillOut:
    """What was charged from when to when, at which price and why; the lines add up to the total."""
    session_id = id_in_path(call.path["session_id"], say("Session not found"))
    session = await call.read(session_by_id, call.center.id, session_id)
    if session is None:
        raise NotFound(say("Session not found"))
    return wire.bill(session, call.center.zone, whole_second(clock.now()))


@native.get(
    "/sessions/{session_id}/guest-login",
    right="sessions.guest_login",
    summary="The log-in of a guest who plays",
)
async def guest_login(call: CafeCall) -> GuestLoginOut:
    """Account and password, while the session runs; each reading is written to the audit log.

    410 when the session has ended or the log-in is not kept: set a new one by POST.
    """
    session_id = id_in_path(call.path["session_id"], say("Session not found"))
    wanted = LoginWanted(center=call.center, session_id=session_id)
    return wire.guest_login(await call.run(read_guest_login, wanted), call.vault)


@native.post(
    "/sessions/{session_id}/guest-login",
    right="sessions.guest_login",
    summary="Set a new password for a session's guest",
)
async def new_guest_login(call: CafeCall) -> Written[GuestLoginOut]:
    """Account and new password; what was signed in with the old one ends. Also after the end."""
    cmd = NewLogin(
        center=call.center,
        actor=call.actor,
        session_id=id_in_path(call.path["session_id"], say("Session not found")),
        secret=await new_guest_secret(call.vault),
    )
    return await call.write(
        renew_guest_login, cmd, lambda kept: wire.guest_login(kept, call.vault), hide=without_secret
    )


def _seen(ages: Sequence[SeenAgeIn]) -> dict[str, SeenProof]:
    """What was seen of each new guest, by PC. Raises InvalidInput for a PC that is named twice."""
    found = {each.pc_name.casefold(): SeenProof(each.birthday, each.document) for each in ages}
    if len(found) != len(ages):
        raise InvalidInput({"age_proofs": say("a guest has one proof")})
    return found


async def _start_unpaid(
    call: CafeCall, data: StartPcsIn | FreeSessionIn, kind: str, players: int = 1
) -> Written[StartedOut]:
    names = data.pc_name
    cmd = StartGuests(
        center=call.center,
        actor=call.actor,
        kind=kind,
        pc_names=names,
        secrets=await secrets_for(call, len({name.casefold() for name in names})),
        players=players,
        proofs=_seen(data.age_proofs),
    )
    return await _write_start(call, commands.start_guests, cmd)


async def _member_id(call: CafeCall, account: str, member_id: int | None) -> int | None:
    """The member that a request names: by account, which must exist, or by number."""
    if not account:
        return member_id
    found = await call.point(member_named, call.center.id, account)
    if found is None:
        raise Refused(say("Member not found"))
    return found


async def _write_start(call: CafeCall, command: Any, cmd: Any) -> Written[StartedOut]:
    def shape(done: Any) -> StartedOut:
        return wire.started(done, call.center)

    return await call.write(command, cmd, shape, hide=commands.without_passwords)
