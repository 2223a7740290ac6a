"""Play tokens: a centre's own members play House with them, and with nothing else.

A centre is an agent of its own, a member its player. Tokens are granted, never bought, converted,
transferred or spent: such an agent has no key, and nothing but grant and play moves them.
"""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.aggregator.agents.commands import create_agent, fund_play_agent
from lanhouse.aggregator.agents.queries import agent_by_id
from lanhouse.aggregator.agents.rules import PLAY_CURRENCY
from lanhouse.aggregator.agents.schemas import TRANSFER, Agent, NewAgent
from lanhouse.aggregator.errors import UsernameUnavailable
from lanhouse.aggregator.launch.commands import launch_game
from lanhouse.aggregator.launch.schemas import Launch, Launched
from lanhouse.aggregator.players.commands import create_player
from lanhouse.aggregator.players.schemas import NewPlayer
from lanhouse.aggregator.players.tables import players
from lanhouse.aggregator.protection.schemas import PlayLaunch
from lanhouse.aggregator.protection.tables import play_agents
from lanhouse.aggregator.providers.registry import PROVIDERS
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.queries import player_balance_micros
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move
from lanhouse.aggregator.wallet.tables import wallet_moves
from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Retry, Tx
from lanhouse.kit.errors import Conflict
from lanhouse.kit.money import MICROS

GRANT_MICROS = 1_000 * MICROS
"""So many tokens a member is given on a day of the centre on which he comes to play."""
HELD_MICROS_MAX = 5_000 * MICROS
"""A grant goes up to so many."""
_HOUSE = "house"

_AGENT_OF = static(
    sa.select(play_agents.c.agent_id).where(play_agents.c.center_id == sa.bindparam("center"))
)
_ADD = static(insert_ignore(play_agents).returning(play_agents.c.agent_id))
_PLAYER = static(
    sa.select(players.c.id).where(
        players.c.agent_id == sa.bindparam("agent"), players.c.username == sa.bindparam("name")
    )
)
_LOCK = static(
    sa.select(players.c.id)
    .where(players.c.id == sa.bindparam("player"))
    .with_for_update(key_share=True)
)
_GRANTED = static(
    sa.select(wallet_moves.c.tx_id).where(
        wallet_moves.c.agent_id == sa.bindparam("agent"),
        wallet_moves.c.client_tx_id == sa.bindparam("grant"),
    )
)


def launch_play(tx: Tx, asked: PlayLaunch) -> Launched:
    """Grant what a member gets today, and launch House for him. Raises what launch_game() raises;
    then nothing was granted."""
    agent = _agent(tx, asked.center_id)
    username = username_of(asked.member_id)
    player = tx.scalar(_PLAYER, agent=agent.id, name=username)
    if player is None:
        try:
            player = create_player(tx, NewPlayer(agent, username))
        except UsernameUnavailable:
            raise Retry from None  # another process made him in the same moment
    _grant(tx, agent, player, username, asked.day)
    return launch_game(
        tx,
        Launch(
            agent=agent,
            username=username,
            game_id=PROVIDERS[_HOUSE].games[0].id,
            currency=PLAY_CURRENCY,
            language=asked.language,
            is_mobile=True,
            player_address=asked.address,
            lobby_url=asked.back_url,
            cashier_url=None,
            place=asked.place,
        ),
    )


def username_of(member_id: int) -> str:
    """A member's name as a player."""
    return f"member{member_id}"


def _agent(tx: Tx, center_id: int) -> Agent:
    """The agent of a centre's tokens, made at the first launch."""
    agent_id = tx.scalar(_AGENT_OF, center=center_id)
    if agent_id is None:
        new = NewAgent(
            name=f"Play tokens of centre {center_id}",
            kind=TRANSFER,
            base_currency=PLAY_CURRENCY,
            currencies={PLAY_CURRENCY: "1"},
            allowed_ips="127.0.0.1",
            is_play=True,
        )
        agent_id = tx.scalar(_ADD, center_id=center_id, agent_id=create_agent(tx, new).id)
        if agent_id is None:
            raise Retry  # another process made it in the same moment
    agent = agent_by_id(tx, agent_id)
    assert agent is not None, "a foreign key holds it"
    return agent


def _grant(tx: Tx, agent: Agent, player_id: int, username: str, day: str) -> None:
    """Give a member today's tokens, once a day of the centre, up to what he may hold."""
    tx.one(_LOCK, player=player_id)
    name = f"grant-{player_id}-{day}"
    if tx.one(_GRANTED, agent=agent.id, grant=name) is not None:
        return
    held = player_balance_micros(tx, agent.id, username, PLAY_CURRENCY)
    amount = min(GRANT_MICROS, HELD_MICROS_MAX - held)
    if amount <= 0:
        return
    fund_play_agent(tx, agent.id, amount)
    move = Move(
        agent=agent,
        kind=DEPOSIT,
        username=username,
        currency=PLAY_CURRENCY,
        amount_micros=amount,
        client_tx_id=name,
    )
    try:
        move_money(tx, move)
    except Conflict:
        raise Retry from None  # another process granted it in the same moment
