"""Server seeds: drawn, sealed under the server secret, played from, revealed, lost.

Source: aggregator-domain 5.1: a nonce is taken before its outcome is computed, an active seed is
never revealed, and a client seed always meets a server seed whose commitment was shown before.
The house makes no client seed: until a browser has sent one, nothing is played (decision 0206).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.providers.house import fair
from lanhouse.aggregator.providers.house.queries import seeds_of_player
from lanhouse.aggregator.providers.house.schemas import RotateCmd, Seeds, SeedsCmd
from lanhouse.aggregator.providers.house.tables import (
    house_rounds,
    house_seeds,
    house_waiting,
)
from lanhouse.db.statements import Row, insert_ignore, static
from lanhouse.db.store import Retry, Tx
from lanhouse.kit.errors import Conflict, InvalidInput, Refused
from lanhouse.kit.vault import Unreadable, Vault

PURPOSE = "house seed"
SLICE_MAX = 200
"""How many old seeds one command seals."""

_seeds = house_seeds.c
_OF_PLAYER = (_seeds.agent_id == sa.bindparam("agent")) & (
    _seeds.player_id == sa.bindparam("player")
)
_ADD_SEED = static(insert_ignore(house_seeds))
_TAKE_NONCE = static(
    sa.update(house_seeds)
    .where(_OF_PLAYER, _seeds.state == "active", _seeds.client_seed != "")
    .values(last_nonce=_seeds.last_nonce + 1)
    .returning(house_seeds)
)
_ACTIVE = static(
    sa.select(house_seeds).where(_OF_PLAYER, _seeds.state == "active").with_for_update()
)
_BY_ID = static(sa.select(house_seeds).where(_seeds.id == sa.bindparam("seed")))
_REVEAL = static(
    sa.update(house_seeds)
    .where(_seeds.id == sa.bindparam("seed"), _seeds.state == "active")
    .values(
        state="revealed",
        server_seed=sa.bindparam("text"),
        sealed=None,
        sealed_under="",
        revealed_at=sa.bindparam("at", type_=_seeds.revealed_at.type),
    )
)
_SET_CLIENT_SEED = static(
    sa.update(house_seeds)
    .where(_seeds.id == sa.bindparam("seed"), _seeds.state == "active")
    .values(client_seed=sa.bindparam("seed_text"))
)
_ACTIVATE = static(
    sa.update(house_seeds)
    .where(_OF_PLAYER, _seeds.state == "next")
    .values(state="active", client_seed=sa.bindparam("seed_text"))
)
_HAS_OPEN = static(
    sa.select(house_rounds.c.round_id)
    .where(
        house_rounds.c.agent_id == sa.bindparam("agent"),
        house_rounds.c.player_id == sa.bindparam("player"),
        house_rounds.c.state == "open",
    )
    .union_all(
        sa.select(house_waiting.c.round_id).where(
            house_waiting.c.agent_id == sa.bindparam("agent"),
            house_waiting.c.player_id == sa.bindparam("player"),
        )
    )
    .limit(1)
)
_IS_SECRET = (_seeds.state == "next") | (_seeds.state == "active")
_IN_THE_CLEAR = static(
    sa.select(house_seeds)
    .where(_IS_SECRET, _seeds.sealed.is_(None))
    .order_by(_seeds.id)
    .limit(SLICE_MAX)
    .with_for_update()
)
_SEAL = static(
    sa.update(house_seeds)
    .where(_seeds.id == sa.bindparam("seed"))
    .values(
        sealed=sa.bindparam("text", type_=sa.LargeBinary),
        sealed_under=sa.bindparam("under"),
        server_seed="",
    )
)
_LOSE = static(
    sa.update(house_seeds)
    .where(
        _IS_SECRET, _seeds.sealed.is_not(None), _seeds.sealed_under != sa.bindparam("fingerprint")
    )
    .values(
        state="lost",
        revealed_at=sa.bindparam("at", type_=_seeds.revealed_at.type),
    )
)


class RoundOpen(Conflict):
    """A round of the player is not over; seeds change between rounds alone."""

    symbol = "ROUND_OPEN"

    def __init__(self) -> None:
        super().__init__("a round of yours is not over; finish it first")


class ClientSeedRequired(Refused):
    """The browser has not sent a client seed yet; nothing is drawn without one."""

    symbol = "CLIENT_SEED_REQUIRED"
    status = 409

    def __init__(self) -> None:
        super().__init__("send a client seed first; nothing was done")


def prepare_seeds(tx: Tx, cmd: SeedsCmd) -> Seeds:
    """The player's seeds, drawn at his first game: one to play, which waits for his client seed,
    and one committed to for later.

    Raises Unreadable while the server has no secret to seal new ones with.
    """
    session = cmd.session
    found = seeds_of_player(tx, session.agent_id, session.player_id)
    if found is None:
        _add_seed(tx, session, cmd.vault, "active")
        _add_seed(tx, session, cmd.vault, "next")
        found = seeds_of_player(tx, session.agent_id, session.player_id)
    assert found is not None
    return found


def take_nonce(tx: Tx, session: GameSession, vault: Vault) -> Row:
    """The active seed with a nonce that nobody had before; its row is locked until the end.

    Raises ClientSeedRequired, and Unreadable while the server has no secret to seal seeds with.
    """
    owner = {"agent": session.agent_id, "player": session.player_id}
    seed = tx.one(_TAKE_NONCE, **owner)
    if seed is None:
        known = prepare_seeds(tx, SeedsCmd(session=session, vault=vault))
        if not known.client_seed:
            raise ClientSeedRequired
        raise Retry  # another tab rotated in the same moment: start over
    return seed


def seed_by_id(tx: Tx, seed_id: int) -> Row:
    """The seed that an open round was begun with; it cannot have changed since."""
    return tx.one(_BY_ID, seed=seed_id)


def opened_seed(seed: Row, vault: Vault) -> str:
    """The seed's text, for drawing. Raises Unreadable when its secret is not at hand."""
    if seed.sealed is None:
        if not seed.server_seed:
            raise Unreadable
        return seed.server_seed
    context = _context(seed.agent_id, seed.player_id, seed.commitment)
    return vault.open(PURPOSE, context, bytes(seed.sealed)).decode()


def rotate_seed(tx: Tx, cmd: RotateCmd) -> Seeds:
    """Take a client seed of the player's browser.

    While no round was played with the active server seed it only meets this client seed; later it
    is revealed, and the next one, committed to before, goes on with the client seed. Raises
    InvalidInput for a text that is no client seed or the one in use, RoundOpen, and Unreadable.
    """
    wanted = cmd.client_seed
    if not fair.is_client_seed(wanted):
        raise InvalidInput(
            {"client_seed": "must be 1 to 64 letters, digits, spaces, dots, underscores or dashes"}
        )
    session = cmd.session
    seeds = SeedsCmd(session=session, vault=cmd.vault)
    prepare_seeds(tx, seeds)
    owner = {"agent": session.agent_id, "player": session.player_id}
    active = tx.one(_ACTIVE, **owner)
    if active is None:  # another tab rotated in the same moment: start over
        raise Retry
    if wanted == active.client_seed:
        raise InvalidInput({"client_seed": "is the one in use; send another one"})
    if tx.one(_HAS_OPEN, **owner) is not None:
        raise RoundOpen
    if active.last_nonce == 0:
        tx.run(_SET_CLIENT_SEED, seed=active.id, seed_text=wanted)
        return prepare_seeds(tx, seeds)
    text = opened_seed(active, cmd.vault)
    tx.run(_REVEAL, seed=active.id, text=text, at=tx.now)
    tx.run(_ACTIVATE, **owner, seed_text=wanted)
    _add_seed(tx, session, cmd.vault, "next")
    return prepare_seeds(tx, seeds)


def seal_old_seeds(tx: Tx, vault: Vault) -> bool:
    """Seal up to SLICE_MAX seeds that an older version kept in the clear; answers whether there
    are more. A locked vault seals nothing."""
    if vault.is_locked:
        return False
    rows = tx.all(_IN_THE_CLEAR)
    for row in rows:
        context = _context(row.agent_id, row.player_id, row.commitment)
        sealed = vault.seal(PURPOSE, context, row.server_seed.encode())
        tx.run(_SEAL, seed=row.id, text=sealed, under=vault.fingerprint)
    return len(rows) == SLICE_MAX


def lose_seeds(tx: Tx, vault: Vault) -> int:
    """Note that seeds sealed under another server secret are lost; answers how many."""
    return tx.run(_LOSE, fingerprint=vault.fingerprint, at=tx.now)


def _add_seed(tx: Tx, session: GameSession, vault: Vault, state: str) -> None:
    server_seed = fair.new_server_seed()
    commitment = fair.commitment_of(server_seed)
    context = _context(session.agent_id, session.player_id, commitment)
    sealed = vault.seal(PURPOSE, context, server_seed.encode())
    if sealed is None:
        raise Unreadable
    row: dict[str, Any] = {
        "agent_id": session.agent_id,
        "player_id": session.player_id,
        "state": state,
        "sealed": sealed,
        "sealed_under": vault.fingerprint,
        "server_seed": "",
        "commitment": commitment,
        "client_seed": "",
        "created_at": tx.now,
    }
    tx.run(_ADD_SEED, **row)


def _context(agent_id: int, player_id: int, commitment: str) -> str:
    return f"{agent_id}|{player_id}|{commitment}"
