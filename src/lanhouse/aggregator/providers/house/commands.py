"""Playing: one spin is one transaction of bet, draw and settlement.

Source: aggregator-domain 5.1: (seed, nonce) is taken by a unique row before the outcome is
computed, an active seed is never revealed, and a client seed always meets a server seed whose
commitment was shown before.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from lanhouse.aggregator.launch.queries import session_by_id
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.providers.house import fair
from lanhouse.aggregator.providers.house.bets import total_bets_micros
from lanhouse.aggregator.providers.house.queries import seeds_of_player, spin_by_key
from lanhouse.aggregator.providers.house.schemas import (
    Played,
    RotateCmd,
    Seeds,
    SpinCmd,
    SpinRecord,
)
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, evaluate
from lanhouse.aggregator.providers.house.tables import house_seeds, house_spins
from lanhouse.aggregator.providers.port import PlaceBet, Settle, Settled
from lanhouse.aggregator.rounds.commands import place_bet, settle
from lanhouse.aggregator.wallet.queries import wallet_balance_micros
from lanhouse.db.statements import Row, insert_ignore, static
from lanhouse.db.store import Retry, Tx
from lanhouse.kit import ids
from lanhouse.kit.errors import Conflict, InvalidInput

_WORDS = ("amber", "blue", "calm", "dusk", "ember", "fern", "gold", "hazel", "iris", "jade")
_ANIMALS = ("otter", "heron", "lynx", "moth", "newt", "owl", "panda", "raven", "stoat", "wren")

_OF_PLAYER = (house_seeds.c.agent_id == sa.bindparam("agent")) & (
    house_seeds.c.player_id == sa.bindparam("player")
)
_ADD_SEED = static(insert_ignore(house_seeds))
_TAKE_NONCE = static(
    sa.update(house_seeds)
    .where(_OF_PLAYER, house_seeds.c.state == "active")
    .values(last_nonce=house_seeds.c.last_nonce + 1)
    .returning(
        house_seeds.c.id,
        house_seeds.c.server_seed,
        house_seeds.c.commitment,
        house_seeds.c.client_seed,
        house_seeds.c.last_nonce,
    )
)
_REVEAL = static(
    sa.update(house_seeds)
    .where(_OF_PLAYER, house_seeds.c.state == "active")
    .values(
        state="revealed",
        revealed_at=sa.bindparam("at", type_=house_seeds.c.revealed_at.type),
    )
    .returning(house_seeds.c.client_seed)
)
_ACTIVATE = static(
    sa.update(house_seeds)
    .where(_OF_PLAYER, house_seeds.c.state == "next")
    .values(state="active", client_seed=sa.bindparam("seed_text"))
)
_RESERVE = static(insert_ignore(house_spins).returning(house_spins.c.round_id))
_FINISH = static(
    sa.update(house_spins)
    .where(house_spins.c.round_id == sa.bindparam("round"))
    .values(
        win_micros=sa.bindparam("win"),
        stops=sa.bindparam("the_stops", type_=house_spins.c.stops.type),
    )
)


class BetNotAllowed(InvalidInput):
    """The bet is not one of the allowed steps."""

    symbol = "BET_NOT_ALLOWED"


def spin(tx: Tx, cmd: SpinCmd) -> SpinRecord:
    """Play one round, or answer the round that this browser's id has played already.

    Raises BetNotAllowed, AgentNotActive, PlayerInactive, PlayerInsufficientBalance, and Conflict
    when the id came with another bet.
    """
    return _spin(tx, cmd)[0]


def _spin(tx: Tx, cmd: SpinCmd) -> tuple[SpinRecord, Settled | None]:
    """The spin, and how it left the player; None for one that was played already."""
    session = cmd.session
    known = spin_by_key(tx, session.id, cmd.client_key)
    if known is not None:
        if known.bet_micros != cmd.bet_micros:
            raise Conflict("this spin was played with another bet; nothing was done")
        return known, None
    if cmd.bet_micros not in total_bets_micros(session.currency):
        raise BetNotAllowed({"bet": "is not one of the allowed bets"})
    seed = _take_nonce(tx, session)
    placed = place_bet(
        tx,
        PlaceBet(session_id=session.id, provider_tx_id=ids.wire_id(), amount_micros=cmd.bet_micros),
    )
    reserved = tx.scalar(
        _RESERVE,
        round_id=placed.round_id,
        agent_id=session.agent_id,
        session_id=session.id,
        client_key=cmd.client_key,
        seed_id=seed.id,
        nonce=seed.last_nonce,
        bet_micros=cmd.bet_micros,
        game_version=NIGHT_SHIFT.version,
        pay_table_hash=NIGHT_SHIFT.pay_table_hash,
        at=tx.now,
    )
    if reserved is None:  # the same press arrived twice at once: start over and answer the first
        raise Retry
    stops = fair.draw(
        seed.server_seed, seed.client_seed, seed.last_nonce, NIGHT_SHIFT.stops_per_reel
    )
    outcome = evaluate(NIGHT_SHIFT, stops, cmd.bet_micros // len(NIGHT_SHIFT.lines))
    settled = settle(
        tx, Settle(round_id=placed.round_id, amount_micros=outcome.win_micros, bet=placed)
    )
    tx.run(_FINISH, round=placed.round_id, win=outcome.win_micros, the_stops=stops)
    record = SpinRecord(
        round_id=placed.round_id,
        round_code=placed.round_code,
        client_key=cmd.client_key,
        nonce=seed.last_nonce,
        commitment=seed.commitment,
        client_seed=seed.client_seed,
        server_seed="",
        bet_micros=cmd.bet_micros,
        win_micros=outcome.win_micros,
        stops=stops,
        game_version=NIGHT_SHIFT.version,
        pay_table_hash=NIGHT_SHIFT.pay_table_hash,
    )
    return record, settled


def play(tx: Tx, cmd: SpinCmd) -> Played:
    """Spin, and look how the player stands now; raises what `spin` raises."""
    record, settled = _spin(tx, cmd)
    if settled is not None:
        return Played(
            spin=record, balance_micros=settled.balance_micros, net_micros=settled.net_micros
        )
    session = session_by_id(tx, cmd.session.id)
    return Played(
        spin=record,
        balance_micros=wallet_balance_micros(
            tx, session.agent_id, session.player_id, session.currency
        ),
        net_micros=session.net_micros,
    )


def rotate_seed(tx: Tx, cmd: RotateCmd) -> Seeds:
    """Reveal the active server seed and go on with the next one, committed to before.

    Raises InvalidInput for a text that is no client seed.
    """
    wanted = cmd.client_seed
    if wanted is not None and not fair.is_client_seed(wanted):
        raise InvalidInput(
            {"client_seed": "must be 1 to 64 letters, digits, spaces, dots, underscores or dashes"}
        )
    session = cmd.session
    prepare_seeds(tx, session)
    owner = {"agent": session.agent_id, "player": session.player_id}
    old_client_seed = tx.scalar(_REVEAL, **owner, at=tx.now)
    if old_client_seed is None:  # another tab rotated in the same moment: start over
        raise Retry
    tx.run(_ACTIVATE, **owner, seed_text=wanted if wanted is not None else old_client_seed)
    _add_seed(tx, session, "next", "")
    return prepare_seeds(tx, session)


def prepare_seeds(tx: Tx, session: GameSession) -> Seeds:
    """The player's seeds, drawn at his first game: one to play and one committed to for later."""
    found = seeds_of_player(tx, session.agent_id, session.player_id)
    if found is None:
        _add_seed(tx, session, "active", _suggested_client_seed())
        _add_seed(tx, session, "next", "")
        found = seeds_of_player(tx, session.agent_id, session.player_id)
    assert found is not None
    return found


def _take_nonce(tx: Tx, session: GameSession) -> Row:
    """The active seed with a nonce that nobody had before; its row is locked until the end."""
    owner = {"agent": session.agent_id, "player": session.player_id}
    seed = tx.one(_TAKE_NONCE, **owner)
    if seed is None:
        prepare_seeds(tx, session)
        seed = tx.one(_TAKE_NONCE, **owner)
    if seed is None:  # another tab rotated in the same moment: start over
        raise Retry
    return seed


def _add_seed(tx: Tx, session: GameSession, state: str, client_seed: str) -> None:
    server_seed = fair.new_server_seed()
    tx.run(
        _ADD_SEED,
        agent_id=session.agent_id,
        player_id=session.player_id,
        state=state,
        server_seed=server_seed,
        commitment=fair.commitment_of(server_seed),
        client_seed=client_seed,
        created_at=tx.now,
    )


def _suggested_client_seed() -> str:
    number = secrets.randbelow(90) + 10
    return f"{secrets.choice(_WORDS)}-{secrets.choice(_ANIMALS)}-{number}"
