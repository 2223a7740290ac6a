"""What House takes and tells; amounts in micros of the session's currency."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.providers.house.games.step import Action, State
from lanhouse.kit.vault import Vault

ClientKey = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9_-]{8,64}\Z", extra={"reason": "must be 8 to 64 letters or digits"}),
]


class ActCmd(msgspec.Struct, frozen=True, kw_only=True):
    """What a player does in a game: the first act of a round or a later one.

    `client_key` is the browser's own id of it and counts per player over all his sessions.
    """

    session: GameSession
    vault: Vault
    client_key: str
    action: Action


class Acted(msgspec.Struct, frozen=True, kw_only=True):
    """A round after an act, amounts in micros; `win_micros` is what was paid so far.

    `balance_micros` is the wallet's balance after the act, None where nobody has told it, and
    `last_nonce` the newest of the seed by then: a repeated act tells what it told. `net_micros` is
    known of an act that was just done.
    """

    round_id: int
    round_code: str
    game_id: str
    client_key: str
    seed_id: int
    nonce: int
    last_nonce: int
    commitment: str
    client_seed: str
    bet_micros: int
    win_micros: int
    state: State
    actions: tuple[str, ...]
    game_version: str
    rules_hash: str
    balance_micros: int | None = None
    net_micros: int | None = None


class SeedsCmd(msgspec.Struct, frozen=True, kw_only=True):
    """Look at the player's seeds, drawn and sealed at his first game; `balance_micros` is what his
    operator has just told, None where his wallet is with us."""

    session: GameSession
    vault: Vault
    balance_micros: int | None = None


class RotateCmd(msgspec.Struct, frozen=True, kw_only=True):
    """A client seed that the player's browser has made."""

    session: GameSession
    vault: Vault
    client_seed: str


class Seeds(msgspec.Struct, frozen=True, kw_only=True):
    """What a player may know of his seeds: never an active server seed."""

    commitment: str
    client_seed: str
    """Empty until a browser has sent one."""
    last_nonce: int
    next_commitment: str
    revealed_seed: str = ""
    """The seed that was ended last, empty when there was none."""
    revealed_commitment: str = ""
