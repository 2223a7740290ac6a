"""Reads of seeds and spins."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.providers.house.schemas import Seeds, SpinRecord
from lanhouse.aggregator.providers.house.tables import house_acts, house_rounds, house_seeds
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_SPIN = sa.select(
    house_rounds.c.round_id,
    house_rounds.c.code.label("round_code"),
    house_rounds.c.client_key,
    house_rounds.c.nonce,
    house_seeds.c.commitment,
    house_seeds.c.client_seed,
    house_seeds.c.server_seed,
    house_seeds.c.state,
    house_rounds.c.bet_micros,
    house_rounds.c.win_micros,
    house_rounds.c.numbers.label("stops"),
    house_rounds.c.game_version,
    house_rounds.c.rules_hash.label("pay_table_hash"),
).join(house_seeds, house_seeds.c.id == house_rounds.c.seed_id)
_BY_ROUND = static(_SPIN.where(house_rounds.c.round_id == sa.bindparam("round")))
_BY_KEY = static(
    _SPIN.where(
        house_rounds.c.agent_id == sa.bindparam("agent"),
        house_rounds.c.player_id == sa.bindparam("player"),
        house_rounds.c.client_key == sa.bindparam("the_key"),
    )
)
_LAST = static(
    _SPIN.where(
        house_rounds.c.session_id == sa.bindparam("session"), house_rounds.c.state == "done"
    )
    .order_by(house_rounds.c.round_id.desc())
    .limit(1)
)
_BY_CODE = static(
    sa.select(
        house_rounds.c.round_id, house_rounds.c.currency, house_rounds.c.at.label("opened_at")
    ).where(house_rounds.c.code == sa.bindparam("the_code"))
)
_TO_VERIFY = static(
    sa.select(
        house_rounds,
        house_seeds.c.commitment,
        house_seeds.c.client_seed,
        house_seeds.c.server_seed,
        house_seeds.c.state.label("seed_state"),
    )
    .join(house_seeds, house_seeds.c.id == house_rounds.c.seed_id)
    .where(house_rounds.c.code == sa.bindparam("the_code"))
)
_ACTS = static(
    sa.select(house_acts.c.action, house_acts.c.game_state)
    .where(house_acts.c.round_id == sa.bindparam("round"))
    .order_by(house_acts.c.number)
)
_LOST = static(
    sa.select(house_seeds.c.commitment)
    .where(house_seeds.c.state == "lost")
    .order_by(house_seeds.c.id.desc())
)
_SEALED_OTHERWISE = static(
    sa.select(sa.func.count())
    .select_from(house_seeds)
    .where(
        (house_seeds.c.state == "active") | (house_seeds.c.state == "next"),
        house_seeds.c.sealed.is_not(None),
        house_seeds.c.sealed_under != sa.bindparam("fingerprint"),
    )
)
_SEEDS = static(
    sa.select(house_seeds).where(
        house_seeds.c.agent_id == sa.bindparam("agent"),
        house_seeds.c.player_id == sa.bindparam("player"),
        (house_seeds.c.state == "active") | (house_seeds.c.state == "next"),
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


def spin_by_key(read: Read, session: GameSession, client_key: str) -> SpinRecord | None:
    """The player's spin with the browser's id, or None: it never reached us."""
    row = read.one(_BY_KEY, agent=session.agent_id, player=session.player_id, the_key=client_key)
    return _record(row)


def house_round_by_code(read: Read, code: str) -> Row | None:
    """The round with this id and its currency, or None; the id is the secret that opens its page.

    It has what the page tells beside the spin: `round_id`, `currency`, `opened_at`.
    """
    return read.one(_BY_CODE, the_code=code)


def round_to_verify(read: Read, code: str) -> Row | None:
    """The round with this id and its seeds (`seed_state` tells whether `server_seed` is revealed),
    or None; the id is the secret that opens its page."""
    return read.one(_TO_VERIFY, the_code=code)


def acts_of_round(read: Read, round_id: int) -> Sequence[Row]:
    """The acts of a round of several (`action`, `game_state` after it), the first one first."""
    return read.all(_ACTS, round=round_id)


def sealed_otherwise(read: Read, fingerprint: str) -> int:
    """How many secret seeds another server secret than the one of this fingerprint has sealed."""
    return read.scalar(_SEALED_OTHERWISE, fingerprint=fingerprint)


def lost_seeds(read: Read) -> list[str]:
    """The commitments of seeds that were lost with a server secret, newest first."""
    return [row.commitment for row in read.all(_LOST)]


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
