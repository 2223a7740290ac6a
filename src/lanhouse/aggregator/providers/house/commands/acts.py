"""Playing any game of House: nonces, steps, money and resumes, for all of them.

A game is a pure function (games.step); it knows no wallet, seed or row. An act is one transaction:
its stakes are taken, its numbers drawn from the player's seed, its wins paid. The first act of
a round takes a nonce, later ones read on in the same stream. The same key gets the same answer.
Locks, in the order of decision 0190: the player's seed, House's round, then the money.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.aggregator.bet_limits.tables import player_bet_limits
from lanhouse.aggregator.bonuses.commands.use import NothingLeft
from lanhouse.aggregator.errors import RoundTooSoon
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.protection.commands import check_bet
from lanhouse.aggregator.protection.queries import last_round_at
from lanhouse.aggregator.providers.house.bets import bets_by, check_limits, check_steps
from lanhouse.aggregator.providers.house.commands import gifts
from lanhouse.aggregator.providers.house.commands.gifts import Part
from lanhouse.aggregator.providers.house.commands.repeats import ROUND, asked_digest, repeated
from lanhouse.aggregator.providers.house.commands.seeds import opened_seed, seed_by_id, take_nonce
from lanhouse.aggregator.providers.house.fair import FairStream
from lanhouse.aggregator.providers.house.games.catalogue import GAMES, HouseGame
from lanhouse.aggregator.providers.house.games.step import Action, Step
from lanhouse.aggregator.providers.house.schemas import ActCmd, Acted
from lanhouse.aggregator.providers.house.tables import house_acts, house_rounds
from lanhouse.aggregator.providers.port import Ask, Outcome, Seat
from lanhouse.aggregator.rounds.commands import begin
from lanhouse.aggregator.rounds.commands.seats import seat_of, seat_select
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.wallet.queries import wallet_balance_micros
from lanhouse.db.statements import Row, insert_ignore, static
from lanhouse.db.store import Retry, Tx
from lanhouse.kit import ids
from lanhouse.kit.errors import InvalidInput

_session, _rounds, _acts = game_sessions.c, house_rounds.c, house_acts.c
_limits = player_bet_limits.c
_of_key = house_rounds.alias("of_key")
_open = house_rounds.alias("of_game")
_SEAT = static(
    seat_select(
        _of_key.c.round_id.label("key_round_id"),
        _acts.number.label("key_act"),
        _open.c.round_id.label("open_round_id"),
        _limits.ids.label("limit_ids"),
        *gifts.COLUMNS,
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
            .outerjoin(
                player_bet_limits,
                (_limits.agent_id == _session.agent_id)
                & (_limits.player_id == _session.player_id)
                & (_limits.provider_id == _session.provider_id)
                & (_limits.category == sa.bindparam("the_category")),
            )
        ),
    )
)
_LOCK = static(
    ROUND.where(_rounds.round_id == sa.bindparam("round"), _rounds.state == "open").with_for_update(
        of=house_rounds
    )
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


def lock_open_round(tx: Tx, round_id: int) -> Row | None:
    """The open round (house_rounds with its seed's commitment and client seed), locked."""
    return tx.one(_LOCK, round=round_id)


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """An act while it is done: the seat, the seed's row, the round so far (None: a new one)."""

    cmd: ActCmd
    game: HouseGame
    action: Action
    """What is played: as the player asked, or at the bet of the campaign whose round it is."""
    part: Part
    seat: Seat
    seed: Row
    open: Row | None
    stakes: tuple[int, ...]
    nonce: int
    code: str
    """The round's id on the wire."""
    tx_id: str
    """The provider's id of the money of this act: bet and settlement share it."""

    @property
    def asked(self) -> Ask:
        """What every ask of this act has in common."""
        return Ask(
            session_id=self.cmd.session.id,
            tx_type=TxType.BET,
            provider_tx_id=self.tx_id,
            round_code=self.code,
        )

    @property
    def bets(self) -> list[Ask]:
        """What it takes: the campaign's part first, then what the player stakes himself."""
        return gifts.bets_of(self.asked, self.part, sum(self.stakes), is_first=self.open is None)


def act(tx: Tx, cmd: ActCmd) -> Acted:
    """Do what the player does, or answer what he did under this key.

    Of several reasons the first of: Conflict when the key came with another act, what the game
    refuses (InvalidInput, AmountNotAllowed, ActionNotPossible), ClientSeedRequired, whatever
    forbids the player to bet (Seat.refusal), his own limits, the limits of his bets, RoundTooSoon,
    and the money. Raises Unreadable without the server secret.
    """
    turn = prepared(tx, cmd)
    if isinstance(turn, Acted):
        return turn
    taken = None
    for ask in turn.bets:
        taken = take_bet(tx, turn, ask, taken)
    return drawn(tx, turn, taken)


def prepared(tx: Tx, cmd: ActCmd) -> Turn | Acted:
    """The act up to its money, its nonce taken; or what was answered under its key. Raises what
    act() raises but for the money."""
    session = cmd.session
    game = GAMES[session.game_id]
    row: Row = tx.one(
        _SEAT,
        session=session.id,
        first_key=cmd.client_key,
        act_key=cmd.client_key,
        the_category=game.category,
        gift_at=tx.now,
    )
    if row.key_act is not None or row.key_round_id is not None:
        return repeated(tx, cmd, row)
    seat = seat_of(tx, row)
    opened = None
    if row.open_round_id is not None:
        opened = lock_open_round(tx, row.open_round_id)
        if opened is None:  # another tab has finished it in the same moment
            raise Retry
    is_new = opened is None
    part = gifts.part_of(tx, row, opened)
    action = gifts.at_its_bet(game, cmd.action, part) if is_new else cmd.action
    stakes = game.stakes(None if opened is None else opened.game_state, action)
    check_steps(game, session.currency, action)
    seed = take_nonce(tx, session, cmd.vault) if is_new else seed_by_id(tx, opened.seed_id)
    turn = Turn(
        cmd=cmd,
        game=game,
        action=action,
        part=part,
        seat=seat,
        seed=seed,
        open=opened,
        stakes=stakes,
        nonce=seed.last_nonce if opened is None else opened.nonce,
        code=ids.wire_id() if opened is None else opened.code,
        tx_id=ids.wire_id(),
    )
    if is_new:
        _check_bet(tx, turn, row.limit_ids)
    return turn


def drawn(tx: Tx, turn: Turn, taken: Outcome | None) -> Acted:
    """The act after its stake was taken (None: it has none): drawn, paid and kept."""
    step = _step(turn)
    assert step.stakes == turn.stakes, "a game takes what it said"
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


def _check_bet(tx: Tx, turn: Turn, limit_ids: list[str] | None) -> None:
    """Refuse a first stake that the player may not make, before any money is looked at."""
    if turn.seat.refusal is not None:
        raise turn.seat.refusal
    session = turn.cmd.session
    allowed = bets_by(turn.game, session.currency, limit_ids)
    try:
        check_limits(allowed, turn.game, [stake for stake in turn.stakes if stake])
    except InvalidInput:
        # His own limits are told first; where this one is kept, begin() asks for them.
        if turn.seat.has_limits:
            stake = sum(ask.amount_micros for ask in turn.bets)
            who = (session.agent_id, session.player_id, session.currency)
            check_bet(tx, *who, stake, session.id)
        raise
    _wait(tx, session)


def take_bet(tx: Tx, turn: Turn, bet: Ask, taken: Outcome | None = None) -> Outcome:
    """Take one of the act's bets, `taken` the one before it; at an operator it is pending then."""
    try:
        return begin(tx, bet, seat=turn.seat, now=None if taken is None else taken.round)
    except NothingLeft:  # another tab has played the campaign's last round meanwhile
        raise Retry from None


def _step(turn: Turn) -> Step:
    """Draw and evaluate; a later step reads on where the last one stopped."""
    state = None if turn.open is None else turn.open.game_state
    numbers = FairStream(
        opened_seed(turn.seed, turn.cmd.vault),
        turn.seed.client_seed,
        turn.nonce,
        0 if state is None else state["position"],
    )
    return turn.game.step(state, turn.action, numbers)


def _pay(tx: Tx, turn: Turn, step: Step, taken: Outcome | None) -> Outcome | None:
    """Pay what an act has won; a round that is over is settled, with 0 when it lost."""
    staked = sum(step.stakes) + (0 if turn.open is None else turn.open.bet_micros)
    done, last = None, taken
    for ask in gifts.settles_of(turn.asked, turn.part, step, has_stake=staked > 0):
        now = None if last is None or last.round is None else last.round
        if now is None or now.records is None:
            done = begin(tx, ask, seat=turn.seat)
        else:
            assert last is not None, "the round is known from its bet"
            done = begin(tx, ask, seat=turn.seat, now=now, balance_micros=last.balance_micros)
        if done.net_micros is None and last is not None:
            done = replace(done, net_micros=last.net_micros)
        last = done
    return done


def _keep(tx: Tx, turn: Turn, step: Step, last: Outcome | None) -> Acted:
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
            nonce=turn.nonce,
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
            asked_digest=asked_digest(turn.cmd),
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
        seed_id=turn.seed.id,
        nonce=turn.nonce,
        last_nonce=turn.seed.last_nonce,
        commitment=turn.seed.commitment,
        client_seed=turn.seed.client_seed,
        bet_micros=bet,
        win_micros=win,
        state=step.state,
        actions=step.actions,
        game_version=turn.game.version,
        rules_hash=turn.game.rules_hash,
        balance_micros=_balance(tx, turn) if last is None else last.balance_micros,
        net_micros=None if last is None else last.net_micros,
    )
    if opened is not None or not step.is_done:
        _keep_act(tx, turn, acted)
    return acted


def _balance(tx: Tx, turn: Turn) -> int | None:
    """The wallet's balance after an act that moved nothing, where the wallet is with us."""
    if not turn.seat.is_here:
        return None
    session = turn.cmd.session
    return wallet_balance_micros(tx, session.agent_id, session.player_id, session.currency)


def _keep_act(tx: Tx, turn: Turn, acted: Acted) -> None:
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
        asked_digest=asked_digest(turn.cmd),
        bet_micros=acted.bet_micros,
        win_micros=acted.win_micros,
        actions=acted.actions,
        game_state=acted.state,
        at=tx.now,
        balance_micros=acted.balance_micros,
        last_nonce=acted.last_nonce,
    )
    if added is None:  # the same press arrived twice at once
        raise Retry
