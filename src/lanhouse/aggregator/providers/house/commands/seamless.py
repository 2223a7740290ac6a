"""Acts of players whose wallet is at an operator: bet, wait, draw (decision 0194).

First transaction: the nonce is taken with the pending bet, and what the player does is kept in
house_waiting. Then the operator is asked. Second one: its yes, what is drawn, and the pending
settlement, together, so that nothing is shown that is not kept; a no or an uncertain bet uses the
nonce up, and the round is void. Whoever falls between the two leaves a bet that is given back.
A chip with stakes of the player's own beside it is two bets, one after the other: the campaign's
is asked first, and goes back when the other comes to nothing.
Locks, in the order of decision 0190: the player's seed, House's round, then the money.
"""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.aggregator.providers.house.commands import gifts
from lanhouse.aggregator.providers.house.commands.acts import (
    Turn,
    drawn,
    lock_open_round,
    prepared,
    take_bet,
)
from lanhouse.aggregator.providers.house.commands.seeds import opened_seed, seed_by_id
from lanhouse.aggregator.providers.house.games.catalogue import GAMES
from lanhouse.aggregator.providers.house.schemas import ActCmd, Acted
from lanhouse.aggregator.providers.house.tables import house_rounds, house_waiting
from lanhouse.aggregator.providers.port import Ask, Outcome
from lanhouse.aggregator.rounds.commands import begin
from lanhouse.aggregator.rounds.commands.conclude import Concluded, conclude, message_of, take
from lanhouse.aggregator.rounds.commands.operators import Answer, Message
from lanhouse.aggregator.rounds.commands.rows import by_provider_id
from lanhouse.aggregator.rounds.commands.seats import seat_of_session
from lanhouse.aggregator.rounds.schemas import State, TxType
from lanhouse.aggregator.rounds.tables import game_transactions
from lanhouse.db.statements import Row, insert_ignore, static
from lanhouse.db.store import Retry, Tx
from lanhouse.kit import ids

SLICE_MAX = 50

_waiting, _txs = house_waiting.c, game_transactions.c
_OF_PLAYER = static(
    sa.select(_waiting.transaction_id).where(
        _waiting.agent_id == sa.bindparam("agent"),
        _waiting.player_id == sa.bindparam("player"),
        _waiting.game_id == sa.bindparam("game"),
        _waiting.currency == sa.bindparam("the_currency"),
    )
)
_BY_BET = static(
    sa.select(house_waiting).where(_waiting.transaction_id == sa.bindparam("bet")).with_for_update()
)
_WAIT = static(insert_ignore(house_waiting).returning(_waiting.transaction_id))
_END = static(sa.delete(house_waiting).where(_waiting.transaction_id == sa.bindparam("bet")))
_NEXT = static(
    sa.update(house_waiting)
    .where(_waiting.transaction_id == sa.bindparam("bet"))
    .values(transaction_id=sa.bindparam("next_bet"))
)
_TAKEN = static(
    sa.select(_txs.provider_tx_id, _txs.session_id)
    .where(
        _txs.round_id == sa.bindparam("round"),
        _txs.tx_type == int(TxType.BET),
        _txs.state == "committed",
        _txs.reversed_by_id.is_(None),
    )
    .order_by(_txs.id)
)
_TO_SETTLE = static(
    sa.select(_txs.id)
    .where(
        _txs.round_id == sa.bindparam("round"),
        _txs.tx_type == int(TxType.SETTLE),
        _txs.state == "pending",
    )
    .order_by(_txs.id)
    .limit(1)
)
_VOID = static(sa.insert(house_rounds))
_CAME_TO_NOTHING = static(
    sa.select(_waiting.transaction_id)
    .join(game_transactions, _txs.id == _waiting.transaction_id)
    .where(
        (_txs.state == "rejected")
        | (_txs.state == "rolled_back")
        | ((_txs.state == "pending") & _txs.reversed_by_id.is_not(None))
    )
    .order_by(_waiting.transaction_id)
    .limit(SLICE_MAX)
)


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """How far an act is after its first transaction: `bet` is to be sent, or it is done (`acted`)
    and `settle` is to be sent; all None: another act of the player in this game is on its way."""

    bet: Message | None = None
    acted: Acted | None = None
    settle: Message | None = None


class Finish(msgspec.Struct, frozen=True):
    """The operator's answer to the bet of an act (its row)."""

    cmd: ActCmd
    row_id: int
    answer: Answer


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """An act whose bet was taken, and the settlement that is to be sent (None: none is, or it is
    not its turn yet); or why nothing was played. `bet`: it has another one, which is to be sent."""

    bet: Message | None = None
    acted: Acted | None = None
    settle: Message | None = None
    refusal: str = ""


def begin_act(tx: Tx, cmd: ActCmd) -> Begun:
    """The first half of an act: its nonce and its pending bet. An act without a stake is done.

    Raises what acts.prepared() raises, and Unreadable while nothing can be drawn.
    """
    session = cmd.session
    waits = tx.scalar(
        _OF_PLAYER,
        agent=session.agent_id,
        player=session.player_id,
        game=session.game_id,
        the_currency=session.currency,
    )
    if waits is not None:
        return Begun()
    turn = prepared(tx, cmd)
    if isinstance(turn, Acted):
        return Begun(acted=turn)
    opened_seed(turn.seed, cmd.vault)  # no bet is taken for what cannot be drawn
    bets = turn.bets
    if not bets:
        acted = drawn(tx, turn, None)
        return Begun(acted=acted, settle=_settle_of(tx, turn))
    taken = take_bet(tx, turn, bets[0])
    assert taken.round is not None, "a bet opens its round"
    added = tx.scalar(
        _WAIT,
        agent_id=session.agent_id,
        player_id=session.player_id,
        game_id=session.game_id,
        currency=session.currency,
        transaction_id=taken.id,
        round_id=taken.round.id,
        session_id=session.id,
        code=turn.code,
        provider_tx_id=turn.tx_id,
        client_key=cmd.client_key,
        action=msgspec.to_builtins(cmd.action),
        seed_id=turn.seed.id,
        nonce=turn.nonce,
        is_new=turn.open is None,
        bet_micros=sum(turn.stakes),
        created_at=tx.now,
    )
    if added is None:  # another tab was faster by a moment
        raise Retry
    return Begun(bet=message_of(tx, taken.id))


def finish_act(tx: Tx, done: Finish) -> Finished:
    """The second half: write the operator's answer down; of a bet that was taken draw, and begin
    the settlement. Whatever comes to nothing uses its nonce up and is void."""
    row = tx.one(_BY_BET, bet=done.row_id)
    if row is None:  # it was given up meanwhile
        outcome = conclude(tx, Concluded(done.row_id, done.answer))
        return Finished(refusal=outcome.refusal or "OPERATOR_TIMEOUT")
    opened = None
    if not row.is_new:
        opened = lock_open_round(tx, row.round_id)
        assert opened is not None, "nothing ends a round whose bet is on its way"
    outcome = conclude(tx, Concluded(done.row_id, done.answer))
    if outcome.state != State.COMMITTED:
        _end(tx, row, outcome.refusal or "OPERATOR_ERROR")
        return Finished(refusal=outcome.refusal or "OPERATOR_ERROR")
    turn = _turn(tx, done.cmd, row, opened)
    following = _bet_after(tx, turn, done.row_id)
    if following is not None:
        return Finished(bet=following)
    acted = drawn(tx, turn, outcome)
    tx.run(_END, bet=done.row_id)
    return Finished(acted=_told(acted, outcome), settle=_settle_of(tx, turn))


def _bet_after(tx: Tx, turn: Turn, row_id: int) -> Message | None:
    """The act's next bet, begun, once the one of this row was taken; None: that was the last."""
    bets = turn.bets
    if len(bets) == 1:
        return None
    first = by_provider_id(tx, turn.seat, bets[0].provider_tx_id, TxType.BET)
    if first is None or first.id != row_id:
        return None
    taken = take_bet(tx, turn, bets[1])
    tx.run(_NEXT, bet=row_id, next_bet=taken.id)
    return message_of(tx, taken.id)


def next_settle(tx: Tx, round_id: int) -> Message | None:
    """The next settlement of a round, taken to be sent now; None when there is none to send."""
    row_id = tx.scalar(_TO_SETTLE, round=round_id)
    return None if row_id is None else take(tx, row_id)


def void_waiting(tx: Tx, _: None) -> bool:
    """Make acts void whose bet came to nothing while nobody waited for it (a process that ended),
    SLICE_MAX at a time; answers whether there may be more."""
    rows = tx.all(_CAME_TO_NOTHING)
    for found in rows:
        row = tx.one(_BY_BET, bet=found.transaction_id)
        if row is not None:
            _end(tx, row, "OPERATOR_TIMEOUT")
    return len(rows) == SLICE_MAX


def _turn(tx: Tx, cmd: ActCmd, row: Row, opened: Row | None) -> Turn:
    game = GAMES[row.game_id]
    part = gifts.part_of_waiting(tx, row, opened)
    action = gifts.at_its_bet(game, cmd.action, part) if opened is None else cmd.action
    return Turn(
        cmd=cmd,
        game=game,
        action=action,
        part=part,
        seat=seat_of_session(tx, row.session_id),
        seed=seed_by_id(tx, row.seed_id),
        open=opened,
        stakes=game.stakes(None if opened is None else opened.game_state, action),
        nonce=row.nonce,
        code=row.code,
        tx_id=row.provider_tx_id,
    )


def _settle_of(tx: Tx, turn: Turn) -> Message | None:
    """The settlement of an act, taken to be sent now; None where there is none, or another one of
    its round goes first."""
    row = by_provider_id(tx, turn.seat, turn.tx_id, TxType.SETTLE)
    return None if row is None else take(tx, row.id)


def _told(acted: Acted, bet: Outcome) -> Acted:
    """Until the settlement is acknowledged the balance is the one after the bet."""
    if acted.balance_micros is None:
        return replace(acted, balance_micros=bet.balance_micros, net_micros=bet.net_micros)
    return acted


def _end(tx: Tx, row: Row, refusal: str) -> None:
    """Take an act out whose bet came to nothing. A round that it would have begun is kept as void,
    under a key of its own: nothing was played, and the player's key may be used again. What was
    taken of it before goes back."""
    if row.is_new:
        for bet in tx.all(_TAKEN, round=row.round_id):
            back = Ask(
                session_id=bet.session_id,
                tx_type=TxType.ROLLBACK,
                provider_tx_id=ids.wire_id(),
                round_code=row.code,
                reverses_tx_id=bet.provider_tx_id,
                closes_round=True,
            )
            begin(tx, back)
        values: dict[str, Any] = {
            "round_id": row.round_id,
            "agent_id": row.agent_id,
            "session_id": row.session_id,
            "client_key": f"void-{row.provider_tx_id}",
            "seed_id": row.seed_id,
            "nonce": row.nonce,
            "bet_micros": row.bet_micros,
            "win_micros": None,
            "numbers": [],
            "game_version": GAMES[row.game_id].version,
            "rules_hash": GAMES[row.game_id].rules_hash,
            "at": tx.now,
            "player_id": row.player_id,
            "code": row.code,
            "game_id": row.game_id,
            "currency": row.currency,
            "state": "void",
            "game_state": {"refusal": refusal},
            "actions": [],
            "asked_digest": None,
        }
        tx.run(_VOID, **values)
    tx.run(_END, bet=row.transaction_id)
