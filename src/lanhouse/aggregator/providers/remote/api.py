"""Provider port, inbound: authenticate, balance, transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from lanhouse.aggregator.errors import InvalidAmount, OperatorError, OperatorTimeout
from lanhouse.aggregator.providers.port import Ask, Outcome
from lanhouse.aggregator.providers.remote.call import ProviderCall, ProviderRoutes
from lanhouse.aggregator.providers.remote.commands import (
    Answered,
    Authenticate,
    answer_of,
    authenticate,
)
from lanhouse.aggregator.providers.remote.provider import own_id
from lanhouse.aggregator.providers.remote.queries import (
    last_known_micros,
    port_session,
    waiting_session,
)
from lanhouse.aggregator.providers.remote.refusals import WalletRefused
from lanhouse.aggregator.providers.remote.rules import amount_micros, in_unit
from lanhouse.aggregator.providers.remote.schemas import (
    TYPES,
    PortAuthenticateIn,
    PortBalanceIn,
    PortBalanceOut,
    PortMoveIn,
    PortSession,
    PortSessionOut,
    PortTransactionIn,
    PortTransactionOut,
)
from lanhouse.aggregator.rounds.schemas import State, TxType
from lanhouse.aggregator.wire import check_texts
from lanhouse.kit import clock, ids
from lanhouse.kit.errors import Busy, InvalidInput
from lanhouse.kit.money import format_plain
from lanhouse.ledger.posting import LimitExceeded
from lanhouse.web.replies import Written

routes = ProviderRoutes("Provider port")

WAIT_SECONDS_MAX = 10
_LOOK_SECONDS = 0.1


@routes.post("/authenticate", right="provider.call", source="issue 9, section 3")
async def begin(call: ProviderCall, data: PortAuthenticateIn) -> PortSessionOut:
    """Who plays what: begins the session of a launch token, once."""
    check_texts(call, data)
    # Before the token is used up, so that an operator out of reach costs no launch.
    waiting = await call.point(waiting_session, call.provider_id, ids.secret_hash(data.token))
    balance = await call.purse.balance_micros(waiting)
    begun = await call.run(
        authenticate, Authenticate(provider_id=call.provider_id, token=data.token)
    )
    found: PortSession = begun.found
    session = found.session
    return PortSessionOut(
        session_id=session.code,
        player=found.player,
        username=found.username,
        currency=session.provider_currency,
        game_id=own_id(call.provider_id, session.game_id),
        language=session.language,
        country=session.country or None,
        balance=format_plain(in_unit(balance, session.scale)),
        limits=begun.limits,
    )


@routes.post("/balance", right="provider.call", source="issue 9, section 3")
async def balance(call: ProviderCall, data: PortBalanceIn) -> PortBalanceOut:
    """The player's balance, also of a session that is over."""
    check_texts(call, data)
    found = await call.point(port_session, call.provider_id, data.session_id)
    held = await call.purse.balance_micros(found)
    session = found.session
    return PortBalanceOut(format_plain(in_unit(held, session.scale)), session.provider_currency)


@routes.post("/transaction", right="provider.call", source="issue 9, section 3")
async def transaction(call: ProviderCall, data: PortTransactionIn) -> Written[PortTransactionOut]:
    """A bet, a settlement or the rollback of a bet; repeated it is answered byte for byte."""
    _check_move(call, data)
    move = data.transaction
    micros = amount_micros(
        call.inputs["transaction"].get("amount"),
        TYPES[move.type],
        is_free=move.free_round_code is not None,
    )
    found = await call.point(port_session, call.provider_id, data.session_id)
    ask = _ask(found, move, micros)
    with _wire_names():
        outcome = await _settled(call, ask)
    return Written(call.encode(msgspec.Raw(await _result(call, found, ask, outcome))))


def _check_move(call: ProviderCall, data: PortTransactionIn) -> None:
    """Refuse texts that were not sent as exactly this, and a `roundClosed` that is no JSON true or
    false: a round closes by no other word. The amount is looked at by itself."""
    try:
        check_texts(call, data)
    except InvalidInput as wrong:
        if set(wrong.fields) != {"transaction.amount"}:
            raise
    sent = call.inputs["transaction"].get("roundClosed")
    if sent is not None and not isinstance(sent, bool):
        raise InvalidInput({"transaction.roundClosed": "must be true or false"})


def _ask(found: PortSession, move: PortMoveIn, micros: int) -> Ask:
    return Ask(
        session_id=found.session.id,
        tx_type=TYPES[move.type],
        provider_tx_id=move.provider_tx_id,
        round_code=move.round_id,
        amount_micros=micros,
        reverses_tx_id=move.reverse_provider_tx_id if move.type == "rollback" else None,
        closes_round=move.round_closed,
        free_round_code=move.free_round_code,
    )


_WIRE_NAMES = {
    "amount": "transaction.amount",
    "reverses_tx_id": "transaction.reverseProviderTxId",
    "round_id": "transaction.roundId",
    "closes_round": "transaction.roundClosed",
}


@contextmanager
def _wire_names() -> Iterator[None]:
    """Refusals come out under the names that the caller wrote, and that no account holds so much
    as one of the amount."""
    try:
        yield
    except LimitExceeded:
        raise InvalidAmount("is too large", "transaction.amount") from None
    except InvalidInput as refused:
        raise refused.renamed(_WIRE_NAMES) from None


async def _settled(call: ProviderCall, ask: Ask) -> Outcome:
    """How the transaction stands once it is known; a repetition waits for its first try.

    Raises OperatorTimeout for a bet of which nobody knows, which is being given back, and Busy for
    one that is still on its way: its answer may be yes.
    """
    until = clock.monotonic() + WAIT_SECONDS_MAX
    while True:
        outcome = await call.sender.ask(ask)
        if ask.tx_type != TxType.BET or outcome.state != State.PENDING:
            return outcome
        if outcome.round is not None:  # it was this try
            raise OperatorTimeout
        if clock.monotonic() > until:
            raise Busy("this bet is on its way to the operator; ask again")
        await asyncio.sleep(_LOOK_SECONDS)


async def _result(call: ProviderCall, found: PortSession, ask: Ask, outcome: Outcome) -> bytes:
    """The result as JSON. What may have been told as pending meanwhile is looked up."""
    is_first, balance = outcome.round is not None, outcome.balance_micros
    if is_first and outcome.state == State.REJECTED:
        raise WalletRefused(outcome.refusal)
    is_plain = found.is_here or ask.tx_type == TxType.BET
    if is_plain and is_first and outcome.state == State.COMMITTED and balance is not None:
        session = found.session
        return msgspec.json.encode(
            PortTransactionOut(
                tx_id=outcome.tx_id,
                state="committed",
                balance=format_plain(in_unit(balance, session.scale)),
                currency=session.provider_currency,
            )
        )
    known = 0
    if balance is None and not found.is_here:
        known = await _known_micros(call, found)
    return await call.run(answer_of, Answered(outcome.id, found, known))


async def _known_micros(call: ProviderCall, found: PortSession) -> int:
    """What an operator says now, where no transaction has told a balance; 0 when it is silent."""
    known = await call.read(last_known_micros, found)
    if known is None:
        try:
            known = await call.purse.balance_micros(found)
        except (OperatorTimeout, OperatorError):
            return 0
    return known
