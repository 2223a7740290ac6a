"""Telling again what was done under a key.

A repeated act is answered as it was the first time: the round by then, the balance after it, the
seeds that were in use. Whoever asks with the same key and something else gets a conflict.
"""

from __future__ import annotations

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.aggregator.providers.house.kept import acted_of
from lanhouse.aggregator.providers.house.schemas import ActCmd, Acted
from lanhouse.aggregator.providers.house.tables import house_acts, house_rounds, house_seeds
from lanhouse.aggregator.rounds.tables import game_transactions
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit.errors import Conflict
from lanhouse.ledger.answers import hash_input

_rounds, _acts, _txs = house_rounds.c, house_acts.c, game_transactions.c
ROUND = sa.select(
    house_rounds,
    house_seeds.c.commitment,
    house_seeds.c.client_seed,
).join(house_seeds, house_seeds.c.id == _rounds.seed_id)
_BY_ROUND = static(ROUND.where(_rounds.round_id == sa.bindparam("round")))
_BY_ACT = static(
    sa.select(house_acts).where(
        _acts.player_id == sa.bindparam("player"), _acts.client_key == sa.bindparam("act_key")
    )
)
_FIRST_ACT = static(
    sa.select(house_acts).where(_acts.round_id == sa.bindparam("round"), _acts.number == 1)
)
_BALANCE_AFTER = static(
    sa.select(_txs.after_micros)
    .where(_txs.round_id == sa.bindparam("round"), _txs.received_at.is_not(None))
    .order_by(_txs.id.desc())
    .limit(1)
)


def asked_digest(cmd: ActCmd) -> str:
    """SHA-256 in hex over what the player asked, as he asked it."""
    return hash_input(msgspec.to_builtins(cmd.action))


def repeated(read: Read, cmd: ActCmd, found: Row) -> Acted:
    """What was answered under this key; `found` names the act (key_act) or the round (key_round_id)
    that has it. Raises Conflict when another act was asked, in another game or currency too.
    """
    if found.key_act is None:
        row: Row = read.one(_BY_ROUND, round=found.key_round_id)
        kept: Row = read.one(_FIRST_ACT, round=row.round_id)
    else:
        kept = read.one(_BY_ACT, player=cmd.session.player_id, act_key=cmd.client_key)
        row = read.one(_BY_ROUND, round=kept.round_id)
    is_same_game = (row.game_id, row.currency) == (cmd.session.game_id, cmd.session.currency)
    if not is_same_game or not _is_same(cmd, row, kept):
        raise Conflict("this key was used for another act; nothing was done")
    if kept is None:
        balance = read.scalar(_BALANCE_AFTER, round=row.round_id)
        return acted_of(row, balance_micros=balance, last_nonce=row.nonce)
    return replace(
        acted_of(row, balance_micros=kept.balance_micros, last_nonce=kept.last_nonce or row.nonce),
        client_key=cmd.client_key,
        bet_micros=kept.bet_micros,
        win_micros=kept.win_micros,
        state=kept.game_state,
        actions=tuple(kept.actions),
    )


def _is_same(cmd: ActCmd, row: Row, kept: Row | None) -> bool:
    asked = row.asked_digest if kept is None else kept.asked_digest
    if asked is None:  # a round of before 0068, a spin of Night Shift
        return row.bet_micros == cmd.action.bet_micros
    return asked == asked_digest(cmd)
