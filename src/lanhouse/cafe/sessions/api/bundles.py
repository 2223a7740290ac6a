"""Several PCs together, one bill of several sessions or payers, and what is left open."""

from __future__ import annotations

from collections.abc import Sequence

from lanhouse.cafe.centers.call import CafeCall, NativeRoutes
from lanhouse.cafe.sessions.commands.bills import Checkout
from lanhouse.cafe.sessions.commands.bundles import (
    AddToBundle,
    ExtendBundle,
    LeaveBundle,
    StartBundle,
    add_to_bundle,
    extend_bundle,
    leave_bundle,
    shown_once,
    start_bundle,
)
from lanhouse.cafe.sessions.commands.debts import PayDebts, pay_debts
from lanhouse.cafe.sessions.commands.ending import settle
from lanhouse.cafe.sessions.commands.writing_off import WriteOff, write_off
from lanhouse.cafe.sessions.queries.bundles import (
    bill_view,
    bundle_by_id,
    debts_of,
    open_bundles,
    room_paid_whole,
)
from lanhouse.cafe.sessions.queries.quotes import TogetherAsked, quote_together
from lanhouse.cafe.sessions.sign_in import secrets_for, secrets_where_free
from lanhouse.cafe.sessions.wire import bundles as wire
from lanhouse.cafe.sessions.wire.bundles import (
    BillSettledOut,
    BundledOut,
    BundleOut,
    DebtOut,
    JoinIn,
    LeaveIn,
    MoreIn,
    PayDebtsIn,
    SaleOut,
    SettledOut,
    SettleIn,
    SettlePcsIn,
    TogetherIn,
    WriteOffIn,
    WrittenOffOut,
)
from lanhouse.db.store import Tx
from lanhouse.kit import clock
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say
from lanhouse.web.replies import Written

native = NativeRoutes("Bundles")


@native.get("/bundles", right="sessions.view", summary="PCs that run together")
async def bundles(call: CafeCall) -> list[BundleOut]:
    """Bundles of which a PC still runs, the oldest first."""
    return [wire.bundle(found) for found in await call.read(open_bundles, call.center.id)]


@native.get("/bundle-quote", right="sessions.start", summary="What PCs together would cost now")
async def bundle_quote(call: CafeCall, data: TogetherIn) -> SaleOut:
    """Nothing is sold: each PC's part, when its time would end, and the sum."""
    asked = TogetherAsked(
        center=call.center,
        pc_names=await _names(call, data),
        kind=data.kind,
        minutes=data.minutes,
        amount_micros=data.amount,
        payment=data.payment,
        at=whole_second(clock.now()),
    )
    return wire.sale(await call.read(quote_together, asked))


@native.post("/bundles", right="sessions.start", summary="Start several PCs together")
async def new_bundle(call: CafeCall, data: TogetherIn) -> Written[BundledOut]:
    """A guest on each PC, all or none; a guest's password is told this once."""
    names = await _names(call, data)
    cmd = StartBundle(
        center=call.center,
        actor=call.actor,
        kind=data.kind,
        pc_names=names,
        secrets=await secrets_for(call, len({name.casefold() for name in names})),
        minutes=data.minutes,
        amount_micros=data.amount,
        payment=data.payment,
        room_id=data.room_id,
        total_micros=data.total,
    )
    return await call.write(start_bundle, cmd, wire.bundled, hide=shown_once)


@native.get("/bundles/{bundle_id}", right="sessions.view", summary="One bundle")
async def one_bundle(call: CafeCall) -> BundleOut:
    """Its PCs, those that have ended too."""
    return wire.bundle(await call.read(bundle_by_id, call.center.id, _bundle_id(call)))


@native.post("/bundles/{bundle_id}/pcs", right="sessions.start", summary="Take PCs into a bundle")
async def join(call: CafeCall, data: JoinIn) -> Written[BundledOut]:
    """Free PCs start, and in a prepaid bundle pay until the others end; running sessions of the
    same kind join."""
    cmd = AddToBundle(
        center=call.center,
        actor=call.actor,
        bundle_id=_bundle_id(call),
        pc_names=data.pcs,
        secrets=await secrets_where_free(call, data.pcs),
        payment=data.payment,
        total_micros=data.total,
    )
    return await call.write(add_to_bundle, cmd, wire.bundled, hide=shown_once)


@native.post(
    "/bundles/{bundle_id}/minutes", right="sessions.start", summary="Sell a bundle more minutes"
)
async def more(call: CafeCall, data: MoreIn) -> Written[BundledOut]:
    """The same length for every PC of a prepaid bundle that runs, at the price of now."""
    cmd = ExtendBundle(
        center=call.center,
        actor=call.actor,
        bundle_id=_bundle_id(call),
        minutes=data.minutes,
        payment=data.payment,
        total_micros=data.total,
    )
    return await call.write(extend_bundle, cmd, wire.bundled)


@native.post(
    "/bundles/{bundle_id}/leave", right="sessions.start", summary="Take a PC out of a bundle"
)
async def leave(call: CafeCall, data: LeaveIn) -> Written[BundleOut]:
    """Its session goes on by itself, with its own bill."""
    cmd = LeaveBundle(
        center=call.center, actor=call.actor, bundle_id=_bundle_id(call), pc_name=data.pc
    )
    return await call.write(leave_bundle, cmd, wire.bundle)


@native.post(
    "/bundles/{bundle_id}/checkout", right="sessions.checkout", summary="Check a bundle out"
)
async def checkout_bundle(call: CafeCall, data: SettleIn) -> Written[SettledOut]:
    """All its PCs that run, and what others of it have left open, by one bill."""
    cmd = _checkout(call, data, bundle_id=_bundle_id(call))
    return await call.write(settle, cmd, wire.settled)


@native.post("/checkout", right="sessions.checkout", summary="Check several PCs out by one bill")
async def checkout_pcs(call: CafeCall, data: SettlePcsIn) -> Written[SettledOut]:
    """All or none; one payer or several."""
    return await call.write(settle, _checkout(call, data, pc_names=data.pcs), wire.settled)


@native.get("/bills/{bill_id}", right="sessions.view", summary="A bill of several sessions")
async def one_bill(call: CafeCall) -> BillSettledOut:
    """Its sessions and its payers; the parts are the whole."""
    bill_id = id_in_path(call.path["bill_id"], say("Bill not found"))
    return wire.bill(await call.read(bill_view, call.center.id, bill_id))


@native.get("/debts", right="sessions.view", summary="What guests have left open")
async def debts(call: CafeCall) -> list[DebtOut]:
    """The oldest first. What members pay later stands with them, as their loan."""
    return [wire.debt(found) for found in await call.read(debts_of, call.center)]


@native.post("/debts/pay", right="sessions.checkout", summary="Pay what was left open")
async def pay(call: CafeCall, data: PayDebtsIn) -> Written[BillSettledOut]:
    """All of the named sessions, by one bill; later makes it the loan of a member."""
    cmd = PayDebts(
        center=call.center,
        actor=call.actor,
        session_ids=data.session_ids,
        payment=data.payment,
        payers=wire.payers_of(data.payers),
        debtor_id=data.member_id,
        due_micros=data.due,
    )

    def paid(tx: Tx, wanted: PayDebts) -> BillSettledOut:
        return wire.bill(bill_view(tx, wanted.center.id, pay_debts(tx, wanted)))

    return await call.write(paid, cmd, _as_it_is)


@native.post(
    "/debts/{session_id}/write-off",
    right="sessions.write_off",
    summary="Write off what was left open",
)
async def post_write_off(call: CafeCall, data: WriteOffIn) -> Written[WrittenOffOut]:
    """With a reason, which stands in the log."""
    cmd = WriteOff(
        center=call.center,
        actor=call.actor,
        session_id=id_in_path(call.path["session_id"], say("Session not found")),
        reason=data.reason,
    )
    return await call.write(
        write_off,
        cmd,
        lambda done: WrittenOffOut(done.session_id, format_fixed(done.amount_micros)),
    )


def _as_it_is(done: BillSettledOut) -> BillSettledOut:
    return done


def _checkout(
    call: CafeCall,
    data: SettleIn,
    *,
    pc_names: Sequence[str] = (),
    bundle_id: int | None = None,
) -> Checkout:
    return Checkout(
        center=call.center,
        actor=call.actor,
        pc_names=list(pc_names),
        bundle_id=bundle_id,
        payment=data.payment,
        payers=wire.payers_of(data.payers),
        ways=data.ways,
        debtor_id=data.member_id,
        comment=data.comment,
        due_micros=data.due,
        is_one_bill=True,
    )


async def _names(call: CafeCall, data: TogetherIn) -> list[str]:
    """The PCs that are meant: those named, or all of the room."""
    if data.room_id is None:
        return data.pcs
    return (await call.read(room_paid_whole, call.center, data.room_id)).pc_names


def _bundle_id(call: CafeCall) -> int:
    return id_in_path(call.path["bundle_id"], say("Bundle not found"))
