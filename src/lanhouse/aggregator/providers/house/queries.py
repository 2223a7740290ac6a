"""Reads of seeds and spins."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.providers.house.schemas import Seeds, SpinRecord
from lanhouse.aggregator.providers.house.tables import house_rounds, house_seeds
from lanhouse.aggregator.rounds.tables import game_rounds
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
        house_rounds.c.game_id == sa.bindparam("game"),
    )
)
_LAST = static(
    _SPIN.where(
        house_rounds.c.session_id == sa.bindparam("session"), house_rounds.c.state == "done"
    )
    .order_by(house_rounds.c.round_id.desc())
    .limit(1)
)
_TOLD = sa.select(
    house_rounds,
    house_seeds.c.commitment,
    house_seeds.c.client_seed,
    house_seeds.c.server_seed,
    house_seeds.c.state.label("seed_state"),
).join(house_seeds, house_seeds.c.id == house_rounds.c.seed_id)
_TOLD_BY_ID = static(_TOLD.where(house_rounds.c.round_id == sa.bindparam("round")))
_TOLD_BY_CODE = static(_TOLD.where(house_rounds.c.code == sa.bindparam("the_code")))
_OF_PLAYER = (house_seeds.c.agent_id == sa.bindparam("agent")) & (
    house_seeds.c.player_id == sa.bindparam("player")
)
_IS_REVEALED = house_seeds.c.state == "revealed"
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

_SEEDS_AROUND = static(
    sa.select(
        sa.select(house_seeds.c.commitment)
        .where(_OF_PLAYER, house_seeds.c.id > sa.bindparam("seed"))
        .order_by(house_seeds.c.id)
        .limit(1)
        .scalar_subquery()
        .label("following"),
        sa.select(house_seeds.c.server_seed)
        .where(_OF_PLAYER, house_seeds.c.id < sa.bindparam("seed"), _IS_REVEALED)
        .order_by(house_seeds.c.id.desc())
        .limit(1)
        .scalar_subquery()
        .label("revealed"),
    )
)
_OF_GAME = (
    sa.select(
        house_rounds, house_seeds.c.commitment, house_seeds.c.client_seed, game_rounds.c.closed_at
    )
    .join(house_seeds, house_seeds.c.id == house_rounds.c.seed_id)
    .join(game_rounds, game_rounds.c.id == house_rounds.c.round_id)
    .where(
        house_rounds.c.agent_id == sa.bindparam("agent"),
        house_rounds.c.player_id == sa.bindparam("player"),
        house_rounds.c.game_id == sa.bindparam("game"),
        house_rounds.c.currency == sa.bindparam("the_currency"),
    )
)
_OPEN_OF_GAME = static(_OF_GAME.where(house_rounds.c.state == "open"))
_LAST_OF_GAME = static(
    _OF_GAME.where(house_rounds.c.state == "done").order_by(house_rounds.c.round_id.desc()).limit(1)
)
_CLOSED = static(
    sa.select(game_rounds.c.closed_at).where(game_rounds.c.id == sa.bindparam("round"))
)


def round_now(read: Read, session: GameSession) -> Row | None:
    """The open round of the session's player, game and currency, else the last finished one,
    wherever he played it, else None. A row for repeats.acted_of(), with `closed_at`.
    """
    of_game = {
        "agent": session.agent_id,
        "player": session.player_id,
        "game": session.game_id,
        "the_currency": session.currency,
    }
    found = read.one(_OPEN_OF_GAME, **of_game)
    return read.one(_LAST_OF_GAME, **of_game) if found is None else found


def is_closed(read: Read, round_id: int) -> bool:
    """Whether all money of a round is where it belongs: an operator has acknowledged its end."""
    return read.scalar(_CLOSED, round=round_id) is not None


def seeds_around(read: Read, session: GameSession, seed_id: int) -> tuple[str, str]:
    """The commitment of the seed that follows one of the session's player, and the seed that was
    revealed before it, "" when there is none.
    """
    row: Row = read.one(
        _SEEDS_AROUND, agent=session.agent_id, player=session.player_id, seed=seed_id
    )
    return row.following or "", row.revealed or ""


def spin_of_round(read: Read, round_id: int) -> SpinRecord | None:
    """The spin of a round, or None."""
    return _record(read.one(_BY_ROUND, round=round_id))


def spin_by_key(read: Read, session: GameSession, client_key: str) -> SpinRecord | None:
    """The player's spin with the browser's id, or None: it never reached us."""
    row = read.one(
        _BY_KEY,
        agent=session.agent_id,
        player=session.player_id,
        the_key=client_key,
        game=session.game_id,
    )
    return _record(row)


def round_told(read: Read, *, round_id: int = 0, code: str = "") -> Row | None:
    """A round by its row or its id on the wire, which is the secret that opens its page; or None.

    A row of house_rounds with its seed's commitment, client seed, text and `seed_state`; the text
    is for whom the seed is revealed to alone.
    """
    if code:
        return read.one(_TOLD_BY_CODE, the_code=code)
    return read.one(_TOLD_BY_ID, round=round_id)


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
