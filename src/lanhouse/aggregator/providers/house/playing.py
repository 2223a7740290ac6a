"""The one entry to playing a game of House, wherever the player's wallet is."""

from __future__ import annotations

import asyncio

import structlog
from msgspec.structs import replace

from lanhouse.aggregator.errors import (
    OperatorError,
    OperatorRefused,
    OperatorTimeout,
    PlayerInsufficientBalance,
)
from lanhouse.aggregator.launch.call import GameCall
from lanhouse.aggregator.launch.queries import launched_by
from lanhouse.aggregator.operators.sending import Operators
from lanhouse.aggregator.players.queries import username_of
from lanhouse.aggregator.providers.house.commands import act
from lanhouse.aggregator.providers.house.commands.seamless import (
    Finish,
    Finished,
    begin_act,
    finish_act,
    next_settle,
    void_waiting,
)
from lanhouse.aggregator.providers.house.schemas import ActCmd, Acted
from lanhouse.aggregator.rounds.commands.conclude import Concluded, conclude
from lanhouse.aggregator.rounds.commands.operators import NO_ANSWER, Message
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, Busy
from lanhouse.web.call import Call

log = structlog.get_logger("lanhouse.aggregator")
_LOOK_SECONDS = 0.05
_WAIT_SECONDS_MAX = 5.0
"""So long an act waits for another one of the player in the same game, as it would for a lock."""


async def play_act(call: GameCall, cmd: ActCmd) -> Acted:
    """Do what a player does, in one transaction where his wallet is with us; raises what act()
    raises.

    At an operator it is bet, wait and draw, and the answer waits for the first try of the
    settlement. Raises then what the operator refused (PlayerInsufficientBalance, OperatorRefused),
    and OperatorTimeout or OperatorError when nothing was played because it is not known what the
    operator did; what it may have taken goes back.
    """
    if await _is_here(call):
        return await call.run(act, cmd)
    began = clock.monotonic()
    while True:
        begun = await call.run(begin_act, cmd)
        if begun.bet is not None:
            return await _played(call, cmd, begun.bet)
        if begun.acted is not None:
            return await _settled(call, begun.acted, begun.settle)
        if clock.monotonic() - began > _WAIT_SECONDS_MAX:
            raise Busy("another act of this game waits for the operator; nothing was done")
        await asyncio.sleep(_LOOK_SECONDS)


async def balance_elsewhere(call: GameCall) -> int | None:
    """The player's balance in micros as his operator tells it; None where his wallet is with us.

    Raises OperatorTimeout and OperatorError.
    """
    if await _is_here(call):
        return None
    session = call.session
    username = await call.point(username_of, session.player_id)
    line = _operators(call).lines.of(session.agent_id)
    return await line.balance_micros(username, session.currency)


async def balance_of_token(call: Call, token: str) -> int | None:
    """The balance, as balance_elsewhere() tells it, of whoever begins a session with this launch
    token; None too for a token that is none. Asked before the token is used up."""
    found = await call.read(launched_by, token)
    if found is None or await _operators(call).holds_wallets(found.agent_id):
        return None
    return (
        await _operators(call)
        .lines.of(found.agent_id)
        .balance_micros(found.username, found.currency)
    )


async def _played(call: GameCall, cmd: ActCmd, bet: Message) -> Acted:
    while True:
        answer = await _operators(call).sender.send(bet)
        try:
            done: Finished = await call.run(finish_act, Finish(cmd, bet.row_id, answer))
        except Exception:
            # Nothing was drawn, or nobody knows: a bet that stands is given back, else this does
            # nothing.
            log.exception("an act could not be finished; its bet goes back", row=bet.row_id)
            await call.run(conclude, Concluded(bet.row_id, NO_ANSWER))
            await call.run(void_waiting, None)
            raise
        if done.bet is None:
            break
        bet = done.bet
    if done.acted is None:
        raise refusal_of(done.refusal)
    return await _settled(call, done.acted, done.settle)


async def _settled(call: GameCall, acted: Acted, settle: Message | None) -> Acted:
    """Send the settlement once; what is not acknowledged then is sent again by itself."""
    # A chip and what lay beside it are settled apart.
    has_two = bool(acted.state["free_micros"]) and acted.bet_micros > 0
    while settle is not None:
        answer = await _operators(call).sender.send(settle)
        outcome = await call.run(conclude, Concluded(settle.row_id, answer))
        if outcome.balance_micros is None:
            return acted
        net = acted.net_micros if outcome.net_micros is None else outcome.net_micros
        acted = replace(acted, balance_micros=outcome.balance_micros, net_micros=net)
        settle = await call.run(next_settle, acted.round_id) if has_two else None
    return acted


def refusal_of(code: str) -> AppError:
    """What a player is told for the code by which a bet came to nothing."""
    if code == "INSUFFICIENT_CREDIT":
        return PlayerInsufficientBalance()
    if code == OperatorTimeout.symbol:
        return OperatorTimeout()
    if code == OperatorError.symbol:
        return OperatorError()
    return OperatorRefused(code)


async def _is_here(call: GameCall) -> bool:
    return await _operators(call).holds_wallets(call.session.agent_id)


def _operators(call: Call) -> Operators:
    found = call.services.operators
    assert isinstance(found, Operators), "app.py makes them"
    return found
