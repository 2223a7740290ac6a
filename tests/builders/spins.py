"""Spins of Night Shift by a command, for tests of money, seeds and rounds."""

from __future__ import annotations

import msgspec

from lanhouse.aggregator.launch.queries import session_by_id
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.providers.house.commands import act
from lanhouse.aggregator.providers.house.games.step import Action
from lanhouse.aggregator.providers.house.schemas import ActCmd, Acted
from lanhouse.aggregator.wallet.queries import wallet_balance_micros
from lanhouse.db.store import Tx
from lanhouse.kit.vault import Vault


class SpinCmd(msgspec.Struct, frozen=True, kw_only=True):
    """A spin of Night Shift to play; `vault` opens the player's seed."""

    session: GameSession
    vault: Vault
    client_key: str
    bet_micros: int


class SpinRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A played spin with what proves it. `server_seed` is empty until it is revealed."""

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


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """A spin and how the player stands after it, in micros."""

    spin: SpinRecord
    balance_micros: int
    net_micros: int


def spin(tx: Tx, cmd: SpinCmd) -> SpinRecord:
    """Play one round, or answer the round that this browser's id has played already.

    Raises what act() raises, and Conflict when the id came with another bet.
    """
    return _record(_spin(tx, cmd))


def play(tx: Tx, cmd: SpinCmd) -> Played:
    """Spin, and look how the player stands now; raises what `spin` raises."""
    acted = _spin(tx, cmd)
    balance, net = acted.balance_micros, acted.net_micros
    if balance is None or net is None:
        session = session_by_id(tx, cmd.session.id)
        balance = wallet_balance_micros(tx, session.agent_id, session.player_id, session.currency)
        net = session.net_micros
    return Played(spin=_record(acted), balance_micros=balance, net_micros=net)


def _spin(tx: Tx, cmd: SpinCmd) -> Acted:
    action = Action(name="spin", bet_micros=cmd.bet_micros)
    return act(
        tx,
        ActCmd(session=cmd.session, vault=cmd.vault, client_key=cmd.client_key, action=action),
    )


def _record(acted: Acted) -> SpinRecord:
    return SpinRecord(
        round_id=acted.round_id,
        round_code=acted.round_code,
        client_key=acted.client_key,
        nonce=acted.nonce,
        commitment=acted.commitment,
        client_seed=acted.client_seed,
        server_seed="",
        bet_micros=acted.bet_micros,
        win_micros=acted.win_micros,
        stops=tuple(acted.state["numbers"]),
        game_version=acted.game_version,
        pay_table_hash=acted.rules_hash,
    )
