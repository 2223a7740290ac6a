"""The small JSON of all games: what the calls of `/play` tell (docs/house-games.md).

Amounts are decimal text in the currency of the session. What an act tells is what it told the first
time; `bets` and `freeRounds` alone are always those of now.
"""

from __future__ import annotations

from typing import Any

import msgspec

from lanhouse.aggregator.errors import SessionExpired
from lanhouse.aggregator.launch.commands import begin_session
from lanhouse.aggregator.launch.queries import session_by_secret
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.providers.house.bets import allowed_bets, free_rounds
from lanhouse.aggregator.providers.house.commands.seeds import prepare_seeds
from lanhouse.aggregator.providers.house.games.catalogue import GAMES
from lanhouse.aggregator.providers.house.kept import acted_of
from lanhouse.aggregator.providers.house.queries import (
    is_closed,
    round_now,
    seeds_around,
    seeds_of_player,
)
from lanhouse.aggregator.providers.house.schemas import Acted, Seeds, SeedsCmd
from lanhouse.aggregator.wallet.queries import wallet_balance_micros
from lanhouse.db.store import Read, Tx
from lanhouse.kit import ids
from lanhouse.kit.money import format_plain
from lanhouse.kit.vault import Vault


class PlayBets(msgspec.Struct):
    """What may be staked: on each field from `min` in `steps`, at most `max` in the first stake of
    a round. Of a slot `steps` are its bets; a field of a table takes any multiple of its one step.
    """

    min: str
    max: str
    steps: list[str]


class PlayFreeRounds(msgspec.Struct):
    """Rounds that a campaign gives, and the bet of each."""

    remaining: int
    bet: str


class PlayRound(msgspec.Struct):
    """A round: `bet` is all that was staked, `win` all that was paid so far. `paid` is false while
    an operator has not acknowledged the settlement."""

    id: str
    done: bool
    bet: str
    win: str
    paid: bool
    view: dict[str, Any]


class PlayFair(msgspec.Struct, rename="camel"):
    """The player's seeds: `nonce` is that of the newest round with the active server seed, 0 before
    the first; `revealedSeed` the server seed that was ended last.
    """

    commitment: str
    next_commitment: str
    client_seed: str | None
    nonce: int
    revealed_seed: str | None


class PlayState(msgspec.Struct, rename="camel"):
    """How a player stands in a game. `round` is the open one, else the last finished one of this
    game and currency, else null."""

    balance: str
    actions: list[str]
    bets: PlayBets
    free_rounds: PlayFreeRounds | None
    round: PlayRound | None
    fair: PlayFair


class PlayStarted(msgspec.Struct):
    """A session that has begun: `secret` stands for the player from now on."""

    session: str
    secret: str
    game: str
    state: PlayState


class BeginPlay(msgspec.Struct, frozen=True, kw_only=True):
    """Exchange a launch token for a session; `vault` seals first seeds, `balance_micros`
    is as in SeedsCmd."""

    token: str
    vault: Vault
    balance_micros: int | None = None


def begin_play(tx: Tx, cmd: BeginPlay) -> PlayStarted:
    """Begin the session of a launch token. Raises SessionExpired at the second try and for another
    provider's game, and Unreadable while the server has no secret; the token is then good still.
    """
    started = begin_session(tx, cmd.token)
    session = session_by_secret(tx, started.code, ids.secret_hash(started.secret))
    check_house(session)
    state = prepared_state(
        tx, SeedsCmd(session=session, vault=cmd.vault, balance_micros=cmd.balance_micros)
    )
    return PlayStarted(started.code, started.secret, session.game_id, state)


def check_house(session: GameSession) -> None:
    """Raise SessionExpired for a session of a game that is none of House's."""
    if session.game_id not in GAMES:
        raise SessionExpired


def prepared_state(tx: Tx, cmd: SeedsCmd) -> PlayState:
    """How a player stands, his first seeds drawn. Raises Unreadable without the server secret."""
    seeds = prepare_seeds(tx, cmd)
    return _state(tx, cmd.session, seeds, cmd.balance_micros)


def state_now(
    read: Read, session: GameSession, balance_micros: int | None = None
) -> PlayState | None:
    """How a player stands; None before his first seeds are drawn. `balance_micros` is as in
    SeedsCmd."""
    seeds = seeds_of_player(read, session.agent_id, session.player_id)
    return None if seeds is None else _state(read, session, seeds, balance_micros)


def state_after(read: Read, session: GameSession, acted: Acted) -> PlayState:
    """How the player stood after an act."""
    following, revealed = seeds_around(read, session, acted.seed_id)
    fair = PlayFair(
        commitment=acted.commitment,
        next_commitment=following,
        client_seed=acted.client_seed,
        nonce=acted.last_nonce,
        revealed_seed=revealed or None,
    )
    balance = acted.balance_micros
    if balance is None:
        balance = _balance(read, session)
    is_paid = bool(acted.actions) or is_closed(read, acted.round_id)
    return _told(read, session, acted, is_paid, balance, fair)


def fair_of(seeds: Seeds) -> PlayFair:
    """The player's seeds as he may know them."""
    return PlayFair(
        commitment=seeds.commitment,
        next_commitment=seeds.next_commitment,
        client_seed=seeds.client_seed or None,
        nonce=seeds.last_nonce,
        revealed_seed=seeds.revealed_seed or None,
    )


def _state(read: Read, session: GameSession, seeds: Seeds, balance_micros: int | None) -> PlayState:
    row = round_now(read, session)
    acted = None if row is None else acted_of(row)
    is_paid = row is None or row.state == "open" or row.closed_at is not None
    if balance_micros is None:
        balance_micros = _balance(read, session)
    return _told(read, session, acted, is_paid, balance_micros, fair_of(seeds))


def _balance(read: Read, session: GameSession) -> int:
    return wallet_balance_micros(read, session.agent_id, session.player_id, session.currency)


def _told(
    read: Read,
    session: GameSession,
    acted: Acted | None,
    is_paid: bool,
    balance_micros: int,
    fair: PlayFair,
) -> PlayState:
    game = GAMES[session.game_id]
    bets = allowed_bets(read, session, game)
    free = free_rounds(read, session, game)
    shown = None
    if acted is not None:
        shown = PlayRound(
            id=acted.round_code,
            done=not acted.actions,
            bet=format_plain(acted.bet_micros),
            win=format_plain(acted.win_micros),
            paid=is_paid,
            view=game.view(acted.state),
        )
    return PlayState(
        balance=format_plain(balance_micros),
        actions=list(acted.actions if acted is not None and acted.actions else [game.first_action]),
        bets=PlayBets(
            min=format_plain(bets.min_micros),
            max=format_plain(bets.max_micros),
            steps=[format_plain(step) for step in bets.steps_micros],
        ),
        free_rounds=None
        if free is None
        else PlayFreeRounds(free.remaining, format_plain(free.bet_micros)),
        round=shown,
        fair=fair,
    )
