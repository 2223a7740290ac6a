"""What House takes and tells; amounts in micros of the session's currency."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.providers.house.games.step import Action, State
from lanhouse.kit.inputs import means
from lanhouse.kit.vault import Vault

ClientKey = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9_-]{8,64}\Z", extra={"reason": "must be 8 to 64 letters or digits"}),
]


class SpinIn(msgspec.Struct, rename="camel"):
    """A press of Spin: the browser's id for it, and the bet of the whole round in micros."""

    key: ClientKey
    bet_micros: Annotated[int, means("bet")]


class SeedIn(msgspec.Struct, rename="camel"):
    """A client seed that the player chose or his browser made."""

    client_seed: str


class SpinCmd(msgspec.Struct, frozen=True, kw_only=True):
    """A spin of Night Shift to play; `vault` opens the player's seed."""

    session: GameSession
    vault: Vault
    client_key: str
    bet_micros: int


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


class SpinRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A played spin with what proves it. `server_seed` is empty until it is revealed; `bet_micros`
    is what its lines play for, also where a campaign gave it.
    """

    round_id: int
    round_code: str
    client_key: str
    nonce: int
    commitment: str
    client_seed: str
    server_seed: str
    bet_micros: int
    win_micros: int
    stops: tuple[int, ...]
    game_version: str
    pay_table_hash: str


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


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """A spin and how the player stands after it, in micros."""

    spin: SpinRecord
    balance_micros: int
    net_micros: int


class LineShown(msgspec.Struct, rename="camel"):
    """A cell that pays: its place, and the line that names it (0 for scatters)."""

    row: int
    reel: int
    line: int


class SpinShown(msgspec.Struct, rename="camel"):
    """A spin in the player's language: what the page writes, nothing left to compute."""

    nonce: int
    commitment: str
    """Of the seed it was played from: another tab may have changed seeds since the page came."""
    window: tuple[tuple[str, ...], ...]
    label: str
    """The window in words, for a screen reader."""
    cells: list[LineShown]
    text: str
    note: str
    details: list[str]
    is_win: bool
    """True when the round paid more than it cost."""
    round_url: str


class SpinOut(msgspec.Struct, rename="camel"):
    """Answer to a spin: the round, and how the player stands."""

    spin: SpinShown
    balance: str
    net: str


class SeedsOut(msgspec.Struct, rename="camel"):
    """Answer to a change of seed, and part of the standing."""

    commitment: str
    client_seed: str
    last_nonce: int
    next_commitment: str
    revealed_seed: str
    revealed_commitment: str


class StandingOut(msgspec.Struct):
    """How the player stands right now: wallet and seeds also change without a spin of this tab."""

    balance: str
    net: str
    seeds: SeedsOut


class BetShown(msgspec.Struct, rename="camel"):
    """An allowed bet: its amount in micros and as text."""

    micros: int
    text: str


class PageState(msgspec.Struct, rename="camel"):
    """What the page's script starts from."""

    session: str
    csrf: str
    bets: list[BetShown]
    bet_index: int
    started_at_millis: int
    now_millis: int
    spin: SpinShown | None
    names: dict[str, str]
    words: dict[str, str]
