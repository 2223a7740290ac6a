"""Playing any game of House: nonces, steps, money and resumes, for all of them.

A game is a pure function (games.step); it knows no wallet, seed or row. An act is one transaction:
its stakes are taken, its numbers drawn from the player's seed, its wins paid. The first act of
a round takes a nonce, later ones read on in the same stream. The same key gets the same answer.
Locks, in the order of decision 0190: the player's seed, House's round, then the money.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.aggregator.errors import RoundTooSoon
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.protection.queries import last_round_at
from lanhouse.aggregator.providers.house.commands.seeds import opened_seed, seed_by_id, take_nonce
from lanhouse.aggregator.providers.house.fair import FairStream
from lanhouse.aggregator.providers.house.games.catalogue import GAMES, HouseGame
from lanhouse.aggregator.providers.house.games.step import State, Step
from lanhouse.aggregator.providers.house.schemas import ActCmd, Acted
from lanhouse.aggregator.providers.house.tables import house_acts, house_rounds, house_seeds
from lanhouse.aggregator.providers.port import Ask, Outcome, Seat
from lanhouse.aggregator.rounds.commands import begin
from lanhouse.aggregator.rounds.commands.seats import seat_of, seat_select
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.db.statements import Row, insert_ignore, static
from lanhouse.db.store import Retry, Tx
from lanhouse.kit import ids
from lanhouse.kit.errors import Conflict
from lanhouse.ledger.answers import hash_input

_session, _rounds, _acts = game_sessions.c, house_rounds.c, house_acts.c
_of_key = house_rounds.alias("of_key")
_open = house_rounds.alias("of_game")
_SEAT = static(
    seat_select(
        _of_key.c.round_id.label("key_round_id"),
        _acts.number.label("key_act"),
        _open.c.round_id.label("open_round_id"),
        join=lambda joined: (
            joined.outerjoin(
                _of_key,
                (_of_key.c.agent_id == _session.agent_id)
                & (_of_key.c.player_id == _session.player_id)
                & (_of_key.c.client_key == sa.bindparam("first_key")),
            )
            .outerjoin(
                house_acts,
                (_acts.player_id == _session.player_id)
                & (_acts.client_key == sa.bindparam("act_key")),
            )
            .outerjoin(
                _open,
                (_open.c.agent_id == _session.agent_id)
                & (_open.c.player_id == _session.player_id)
                & (_open.c.game_id == _session.game_id)
                & (_open.c.currency == _session.currency)
                & (_open.c.state == "open"),
            )
        ),
    )
)
_ROUND = sa.select(
    house_rounds,
    house_seeds.c.commitment,
    house_seeds.c.client_seed,
).join(house_seeds, house_seeds.c.id == _rounds.seed_id)
_BY_ROUND = static(_ROUND.where(_rounds.round_id == sa.bindparam("round")))
_LOCK = static(
    _ROUND.where(
        _rounds.round_id == sa.bindparam("round"), _rounds.state == "open"
    ).with_for_update(of=house_rounds)
)
_BY_ACT = static(
    sa.select(house_acts).where(
        _acts.player_id == sa.bindparam("player"), _acts.client_key == sa.bindparam("act_key")
    )
)
_FIRST_ACT = static(
    sa.select(house_acts).where(_acts.round_id == sa.bindparam("round"), _acts.number == 1)
)
_NEWEST_ACT = static(
    sa.select(sa.func.max(_acts.number)).where(_acts.round_id == sa.bindparam("round"))
)
_ADD_ROUND = static(insert_ignore(house_rounds).returning(_rounds.round_id))
_ADD_ACT = static(insert_ignore(house_acts).returning(_acts.number))
_GO_ON = static(
    sa.update(house_rounds)
    .where(_rounds.round_id == sa.bindparam("round"))
    .values(
        bet_micros=sa.bindparam("bet"),
        win_micros=sa.bindparam("win"),
        numbers=sa.bindparam("all_numbers", type_=_rounds.numbers.type),
        state=sa.bindparam("as_state"),
        game_state=sa.bindparam("as_game_state", type_=_rounds.game_state.type),
        actions=sa.bindparam("next_actions", type_=_rounds.actions.type),
    )
)


class _Turn(msgspec.Struct, frozen=True, kw_only=True):
    """An act while it is done: the seat, the seed's row, the round so far (None: a new one)."""

    cmd: ActCmd
    game: HouseGame
    seat: Seat
    seed: Row
    open: Row | None
    code: str
    """The round's id on the wire."""
    tx_id: str
    """The provider's id of the money of this act: bet and settlement share it."""


def act(tx: Tx, cmd: ActCmd) -> Acted:
    """Do what the player does, or answer what he did under this key.

    Raises what the game refuses (InvalidInput, AmountNotAllowed, ActionNotPossible), what begin()
    refuses, RoundTooSoon, Unreadable without the server secret, and Conflict when the key came with
    another act.
    """
    session = cmd.session
    row: Row = tx.one(_SEAT, session=session.id, first_key=cmd.client_key, act_key=cmd.client_key)
    if row.key_act is not None or row.key_round_id is not None:
        return _repeated(tx, cmd, row)
    game, seat = GAMES[session.game_id], seat_of(tx, row)
    opened = None
    if row.open_round_id is not None:
        opened = tx.one(_LOCK, round=row.open_round_id)
        if opened is None:  # another tab has finished it in the same moment
            raise Retry
    stakes = game.stakes(None if opened is None else opened.game_state, cmd.action)
    is_new = opened is None
    seed = take_nonce(tx, session, cmd.vault) if is_new else seed_by_id(tx, opened.seed_id)
    if is_new:
        _wait(tx, session)
    turn = _Turn(
        cmd=cmd,
        game=game,
        seat=seat,
        seed=seed,
        open=opened,
        code=ids.wire_id() if opened is None else opened.code,
        tx_id=ids.wire_id(),
    )
    taken = _take(tx, turn, sum(stakes))
    step = _step(turn)
    assert step.stakes == stakes, "a game takes what it said"
    paid = _pay(tx, turn, step, taken)
    return _keep(tx, turn, step, paid or taken)


def _wait(tx: Tx, session: GameSession) -> None:
    """Raise RoundTooSoon when the rules want more time since the player's last round of House
    began, in any game and session; his seed's row is locked, so that no two rounds slip through."""
    if not session.round_millis:
        return
    last = last_round_at(tx, session.agent_id, session.player_id, session.provider_id)
    if last is not None and tx.now - last < timedelta(milliseconds=session.round_millis):
        raise RoundTooSoon


def _take(tx: Tx, turn: _Turn, stake_micros: int) -> Outcome | None:
    """Take the stake of an act, if it has one."""
    if stake_micros == 0:
        return None
    ask = Ask(
        session_id=turn.cmd.session.id,
        tx_type=TxType.BET,
        provider_tx_id=turn.tx_id,
        round_code=turn.code,
        amount_micros=stake_micros,
    )
    return begin(tx, ask, seat=turn.seat)


def _step(turn: _Turn) -> Step:
    """Draw and evaluate; a later step reads on where the last one stopped."""
    state = None if turn.open is None else turn.open.game_state
    nonce = turn.seed.last_nonce if turn.open is None else turn.open.nonce
    numbers = FairStream(
        opened_seed(turn.seed, turn.cmd.vault),
        turn.seed.client_seed,
        nonce,
        0 if state is None else state["position"],
    )
    return turn.game.step(state, turn.cmd.action, numbers)


def _pay(tx: Tx, turn: _Turn, step: Step, taken: Outcome | None) -> Outcome | None:
    """Pay what an act has won; a round that is over is settled, with 0 when it lost."""
    won = sum(step.wins)
    if not won and not step.is_done:
        return None
    ask = Ask(
        session_id=turn.cmd.session.id,
        tx_type=TxType.SETTLE,
        provider_tx_id=turn.tx_id,
        round_code=turn.code,
        amount_micros=won,
        closes_round=step.is_done,
    )
    now = None if taken is None or taken.round is None else taken.round
    if now is None or now.records is None:
        done = begin(tx, ask, seat=turn.seat)
    else:
        assert taken is not None, "the round is known from its bet"
        done = begin(tx, ask, seat=turn.seat, now=now, balance_micros=taken.balance_micros)
    if done.net_micros is None and taken is not None:
        done = replace(done, net_micros=taken.net_micros)
    return done


def _keep(tx: Tx, turn: _Turn, step: Step, last: Outcome | None) -> Acted:
    """Write the round and, unless it was over at once, the act."""
    opened, session = turn.open, turn.cmd.session
    bet = sum(step.stakes) + (0 if opened is None else opened.bet_micros)
    win = sum(step.wins) + (0 if opened is None else opened.win_micros or 0)
    state = "done" if step.is_done else "open"
    if opened is None:
        assert last is not None, "a round begins with a stake"
        assert last.round is not None, "and the stake opens it"
        added = tx.scalar(
            _ADD_ROUND,
            round_id=last.round.id,
            agent_id=session.agent_id,
            session_id=session.id,
            client_key=turn.cmd.client_key,
            seed_id=turn.seed.id,
            nonce=turn.seed.last_nonce,
            bet_micros=bet,
            win_micros=win if step.is_done else None,
            numbers=step.state["numbers"],
            game_version=turn.game.version,
            rules_hash=turn.game.rules_hash,
            at=tx.now,
            player_id=session.player_id,
            code=turn.code,
            game_id=session.game_id,
            currency=session.currency,
            state=state,
            game_state=step.state,
            actions=step.actions,
        )
        if added is None:  # the same press, or another first one, arrived at once: start over
            raise Retry
        round_id = last.round.id
    else:
        round_id = opened.round_id
        tx.run(
            _GO_ON,
            round=round_id,
            bet=bet,
            win=win if step.is_done else (win or None),
            all_numbers=step.state["numbers"],
            as_state=state,
            as_game_state=step.state,
            next_actions=step.actions,
        )
    acted = Acted(
        round_id=round_id,
        round_code=turn.code,
        game_id=session.game_id,
        client_key=turn.cmd.client_key,
        nonce=turn.seed.last_nonce if opened is None else opened.nonce,
        commitment=turn.seed.commitment,
        client_seed=turn.seed.client_seed,
        bet_micros=bet,
        win_micros=win,
        state=step.state,
        actions=step.actions,
        game_version=turn.game.version,
        rules_hash=turn.game.rules_hash,
        balance_micros=None if last is None else last.balance_micros,
        net_micros=None if last is None else last.net_micros,
    )
    if opened is not None or not step.is_done:
        _keep_act(tx, turn, acted)
    return acted


def _keep_act(tx: Tx, turn: _Turn, acted: Acted) -> None:
    """Write the act of a round of several: its answer is told again from here."""
    number = 1
    if turn.open is not None:
        number += tx.scalar(_NEWEST_ACT, round=acted.round_id)
    added = tx.scalar(
        _ADD_ACT,
        player_id=turn.cmd.session.player_id,
        client_key=acted.client_key,
        agent_id=turn.cmd.session.agent_id,
        round_id=acted.round_id,
        number=number,
        action=turn.cmd.action.name,
        asked_digest=_asked(turn.cmd),
        bet_micros=acted.bet_micros,
        win_micros=acted.win_micros,
        actions=acted.actions,
        game_state=acted.state,
        at=tx.now,
    )
    if added is None:  # the same press arrived twice at once
        raise Retry


def _asked(cmd: ActCmd) -> str:
    return hash_input(msgspec.to_builtins(cmd.action))


def _repeated(tx: Tx, cmd: ActCmd, found: Row) -> Acted:
    """What was answered under this key. Raises Conflict when another act was asked."""
    conflict = Conflict("this key was used for another act; nothing was done")
    if found.key_act is None:
        row: Row = tx.one(_BY_ROUND, round=found.key_round_id)
        kept: Row = tx.one(_FIRST_ACT, round=row.round_id)
        if kept is None:
            if row.game_id != cmd.session.game_id or row.bet_micros != cmd.action.bet_micros:
                raise conflict
            return acted_of(row)
    else:
        kept = tx.one(_BY_ACT, player=cmd.session.player_id, act_key=cmd.client_key)
        row = tx.one(_BY_ROUND, round=kept.round_id)
    if row.game_id != cmd.session.game_id or kept.asked_digest != _asked(cmd):
        raise conflict
    return replace(
        acted_of(row),
        client_key=cmd.client_key,
        bet_micros=kept.bet_micros,
        win_micros=kept.win_micros,
        state=kept.game_state,
        actions=tuple(kept.actions),
    )


def acted_of(row: Row) -> Acted:
    """The round of a row as it stands (house_rounds with commitment and client seed)."""
    return Acted(
        round_id=row.round_id,
        round_code=row.code,
        game_id=row.game_id,
        client_key=row.client_key,
        nonce=row.nonce,
        commitment=row.commitment,
        client_seed=row.client_seed,
        bet_micros=row.bet_micros,
        win_micros=row.win_micros or 0,
        state=state_of(row),
        actions=tuple(row.actions),
        game_version=row.game_version,
        rules_hash=row.rules_hash,
    )


def state_of(row: Row) -> State:
    """What the game knows of a round; of one of before 0063, a spin of Night Shift, it is made of
    its stops and its bet."""
    if row.game_state is not None:
        found: Any = row.game_state
        return found
    return {
        "numbers": list(row.numbers),
        "position": len(row.numbers),
        "free_micros": 0,
        "is_done": True,
        "bet_micros": row.bet_micros,
        "win_micros": row.win_micros or 0,
    }
