"""Playing at House: Night Shift's page, over the acts that all games share."""

from __future__ import annotations

from lanhouse.aggregator.launch.queries import session_by_id
from lanhouse.aggregator.providers.house.bets import total_bets_micros
from lanhouse.aggregator.providers.house.commands.acts import act
from lanhouse.aggregator.providers.house.commands.seeds import (
    lose_seeds,
    prepare_seeds,
    rotate_seed,
    seal_old_seeds,
)
from lanhouse.aggregator.providers.house.games.step import Action
from lanhouse.aggregator.providers.house.schemas import (
    ActCmd,
    Acted,
    Played,
    SpinCmd,
    SpinRecord,
)
from lanhouse.aggregator.wallet.queries import wallet_balance_micros
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput

__all__ = [
    "act",
    "lose_seeds",
    "play",
    "prepare_seeds",
    "record_of",
    "rotate_seed",
    "seal_old_seeds",
    "spin",
]


class BetNotAllowed(InvalidInput):
    """The bet is not one of the allowed steps."""

    symbol = "BET_NOT_ALLOWED"


def spin(tx: Tx, cmd: SpinCmd) -> SpinRecord:
    """Play one round, or answer the round that this browser's id has played already.

    Raises BetNotAllowed, what act() raises, and Conflict when the id came with another bet.
    """
    return record_of(_spin(tx, cmd))


def play(tx: Tx, cmd: SpinCmd) -> Played:
    """Spin, and look how the player stands now; raises what `spin` raises."""
    acted = _spin(tx, cmd)
    balance, net = acted.balance_micros, acted.net_micros
    if balance is None or net is None:
        session = session_by_id(tx, cmd.session.id)
        balance = wallet_balance_micros(tx, session.agent_id, session.player_id, session.currency)
        net = session.net_micros
    return Played(spin=record_of(acted), balance_micros=balance, net_micros=net)


def _spin(tx: Tx, cmd: SpinCmd) -> Acted:
    if cmd.bet_micros not in total_bets_micros(cmd.session.currency):
        raise BetNotAllowed({"bet": "is not one of the allowed bets"})
    action = Action(name="spin", bet_micros=cmd.bet_micros)
    return act(
        tx,
        ActCmd(session=cmd.session, vault=cmd.vault, client_key=cmd.client_key, action=action),
    )


def record_of(acted: Acted) -> SpinRecord:
    """A spin of Night Shift as its page tells it."""
    return SpinRecord(
        round_id=acted.round_id,
        round_code=acted.round_code,
        client_key=acted.client_key,
        nonce=acted.nonce,
        commitment=acted.commitment,
        client_seed=acted.client_seed,
        server_seed="",
        bet_micros=acted.state["bet_micros"],
        win_micros=acted.win_micros,
        stops=tuple(acted.state["numbers"]),
        game_version=acted.game_version,
        pay_table_hash=acted.rules_hash,
    )
