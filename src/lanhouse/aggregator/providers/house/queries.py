"""Reads of seeds and spins."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.aggregator.providers.house.schemas import Seeds, SpinRecord
from lanhouse.aggregator.providers.house.tables import house_seeds, house_spins
from lanhouse.aggregator.rounds.tables import game_rounds
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_SPIN = (
    sa.select(
        house_spins.c.round_id,
        game_rounds.c.code.label("round_code"),
        house_spins.c.client_key,
        house_spins.c.nonce,
        house_seeds.c.commitment,
        house_seeds.c.client_seed,
        house_seeds.c.server_seed,
        house_seeds.c.state,
        house_spins.c.bet_micros,
        house_spins.c.win_micros,
        house_spins.c.stops,
        house_spins.c.game_version,
        house_spins.c.pay_table_hash,
    )
    .join(house_seeds, house_seeds.c.id == house_spins.c.seed_id)
    .join(game_rounds, game_rounds.c.id == house_spins.c.round_id)
)
_BY_ROUND = static(_SPIN.where(house_spins.c.round_id == sa.bindparam("round")))
_BY_KEY = static(
    _SPIN.where(
        house_spins.c.session_id == sa.bindparam("session"),
        house_spins.c.client_key == sa.bindparam("the_key"),
    )
)
_LAST = static(
    _SPIN.where(house_spins.c.session_id == sa.bindparam("session"))
    .order_by(house_spins.c.round_id.desc())
    .limit(1)
)
_SEEDS = static(
    sa.select(house_seeds).where(
        house_seeds.c.agent_id == sa.bindparam("agent"),
        house_seeds.c.player_id == sa.bindparam("player"),
        house_seeds.c.state != "revealed",
    )
)
_REVEALED = static(
    sa.select(house_seeds)
    .where(
        house_seeds.c.agent_id == sa.bindparam("agent"),
        house_seeds.c.player_id == sa.bindparam("player"),
        house_seeds.c.state == "revealed",
    )
    .order_by(house_seeds.c.id.desc())
    .limit(1)
)


def spin_of_round(read: Read, round_id: int) -> SpinRecord | None:
    """The spin of a round, or None."""
    return _record(read.one(_BY_ROUND, round=round_id))


def spin_by_key(read: Read, session_id: int, client_key: str) -> SpinRecord | None:
    """The session's spin with the browser's id, or None: it never reached us."""
    return _record(read.one(_BY_KEY, session=session_id, the_key=client_key))


def last_spin(read: Read, session_id: int) -> SpinRecord | None:
    """The newest spin of the session, or None."""
    return _record(read.one(_LAST, session=session_id))


def _record(row: Row | None) -> SpinRecord | None:
    if row is None:
        return None
    values = {name: getattr(row, name) for name in SpinRecord.__struct_fields__}
    values["stops"] = tuple(row.stops)
    values["server_seed"] = row.server_seed if row.state == "revealed" else ""
    return SpinRecord(**values)


def seeds_of_player(read: Read, agent_id: int, player_id: int) -> Seeds | None:
    """The player's seeds as he may see them, or None before his first game."""
    rows = {row.state: row for row in read.all(_SEEDS, agent=agent_id, player=player_id)}
    if "active" not in rows or "next" not in rows:
        return None
    active, following = rows["active"], rows["next"]
    ended = read.one(_REVEALED, agent=agent_id, player=player_id)
    return Seeds(
        commitment=active.commitment,
        client_seed=active.client_seed,
        last_nonce=active.last_nonce,
        next_commitment=following.commitment,
        revealed_seed="" if ended is None else ended.server_seed,
        revealed_commitment="" if ended is None else ended.commitment,
    )
