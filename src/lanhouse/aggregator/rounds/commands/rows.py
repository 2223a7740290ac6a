"""The rows of rounds and transactions: how they are locked, written and read back."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from lanhouse.aggregator.errors import RoundClosed
from lanhouse.aggregator.providers.port import Ask, Outcome, Record, RoundNow, Seat, Terms
from lanhouse.aggregator.rounds.rules import settle_amount
from lanhouse.aggregator.rounds.schemas import State, TxType
from lanhouse.aggregator.rounds.tables import game_rounds, game_transactions
from lanhouse.db.statements import Row, insert_ignore, static
from lanhouse.db.store import Retry, Tx
from lanhouse.kit import ids
from lanhouse.ledger.answers import hash_input

_rounds, _txs = game_rounds.c, game_transactions.c
_KEY = ("agent_id", "provider_id", "player_id", "currency", "code")
_insert: Any = postgresql.insert(game_rounds)
_OPEN = static(
    _insert.on_conflict_do_update(
        index_elements=list(_KEY),
        set_={"bet_micros": _rounds.bet_micros + _insert.excluded.bet_micros},
        where=_rounds.closed_at.is_(None),
    ).returning(game_rounds)
)
_BY_KEY = static(
    sa.select(game_rounds)
    .where(*(_rounds[name] == sa.bindparam(f"the_{name}") for name in _KEY))
    .with_for_update()
)
_LOCK = static(sa.select(game_rounds).where(_rounds.id == sa.bindparam("round")).with_for_update())
_IN_ROUND = static(
    sa.select(game_transactions)
    .where(_txs.round_id == sa.bindparam("round"))
    .order_by(_txs.id)
    .with_for_update()
)
_ADD = static(
    sa.update(game_rounds)
    .where(_rounds.id == sa.bindparam("round"))
    .values(
        bet_micros=_rounds.bet_micros + sa.bindparam("staked"),
        win_micros=sa.case(
            (sa.bindparam("paid", type_=sa.BigInteger).is_(None), _rounds.win_micros),
            else_=sa.func.coalesce(_rounds.win_micros, 0)
            + sa.bindparam("paid", type_=sa.BigInteger),
        ),
        closed_at=sa.func.coalesce(
            _rounds.closed_at, sa.bindparam("closed", type_=_rounds.closed_at.type)
        ),
    )
    .returning(game_rounds)
)
_INSERT = static(insert_ignore(game_transactions).returning(_txs.id))
_BY_PROVIDER_ID = static(
    sa.select(game_transactions).where(
        _txs.agent_id == sa.bindparam("agent"),
        _txs.provider_id == sa.bindparam("provider"),
        _txs.provider_tx_id == sa.bindparam("provider_tx"),
        _txs.tx_type == sa.bindparam("the_type"),
    )
)
_BY_ID = static(
    sa.select(game_transactions).where(_txs.id == sa.bindparam("row")).with_for_update()
)


def is_record(row: Row) -> bool:
    """Whether a transaction counts in reports: a bet or settlement that was committed and not given
    back since. A rollback takes its bet out and counts for nothing itself."""
    if row.tx_type == TxType.ROLLBACK or row.received_at is None:
        return False
    return row.state == State.COMMITTED


def terms_of(row: Row) -> Terms:
    """The terms that were frozen on a transaction."""
    return Terms(row.share, row.commission, row.contribution)


def record_of(row: Row) -> Record:
    """What reports need of a transaction."""
    free = row.free_round_code is not None
    return Record(TxType(row.tx_type), row.settle_amount, terms_of(row), free)


def round_of(row: Row, **more: Any) -> RoundNow:
    """A round as a row of its table tells it."""
    return RoundNow(
        id=row.id,
        code=row.code,
        game_id=row.game_id,
        opened_at=row.opened_at,
        staked_micros=row.bet_micros,
        paid_micros=row.win_micros,
        closed_at=row.closed_at,
        **more,
    )


def open_round(tx: Tx, seat: Seat, ask: Ask, staked_micros: int, closed_at: Any = None) -> RoundNow:
    """The player's round of this code, locked, with the stake put on it; made if it is new.

    Raises RoundClosed.
    """
    session = seat.session
    row = tx.one(
        _OPEN,
        agent_id=session.agent_id,
        player_id=session.player_id,
        session_id=session.id,
        code=ask.round_code,
        provider_id=session.provider_id,
        game_id=session.game_id,
        provider_tx_id=ask.provider_tx_id,
        currency=session.currency,
        bet_micros=staked_micros,
        opened_at=tx.now,
        closed_at=closed_at,
    )
    if row is None:
        raise RoundClosed
    # Ids are unique, so that a round which names this very transaction was opened by it.
    is_new = row.provider_tx_id == ask.provider_tx_id and row.opened_at == tx.now
    return round_of(row, is_new=is_new, records=() if is_new else None)


def find_round(tx: Tx, seat: Seat, code: str) -> Row | None:
    """The player's round of this code, locked, or None."""
    session = seat.session
    return tx.one(
        _BY_KEY,
        the_agent_id=session.agent_id,
        the_provider_id=session.provider_id,
        the_player_id=session.player_id,
        the_currency=session.currency,
        the_code=code,
    )


def lock_round(tx: Tx, round_id: int) -> Row:
    """The round, locked before any of its transactions."""
    return tx.one(_LOCK, round=round_id)


def transactions_in(tx: Tx, round_id: int) -> list[Row]:
    """The round's transactions by rising id, locked; the round is locked already."""
    return tx.all(_IN_ROUND, round=round_id)


def add_to_round(
    tx: Tx, now: RoundNow, *, staked: int = 0, paid: int | None = None, closes: bool = False
) -> RoundNow:
    """Put amounts (micros) on a round that is locked, and close it; records stay as they were."""
    row = tx.one(_ADD, round=now.id, staked=staked, paid=paid, closed=tx.now if closes else None)
    return round_of(row, is_new=now.is_new, records=now.records)


def by_provider_id(tx: Tx, seat: Seat, provider_tx_id: str, tx_type: TxType) -> Row | None:
    """The transaction of a provider's id and type, or None; not locked."""
    return tx.one(
        _BY_PROVIDER_ID,
        agent=seat.session.agent_id,
        provider=seat.session.provider_id,
        provider_tx=provider_tx_id,
        the_type=int(tx_type),
    )


def lock_transaction(tx: Tx, row_id: int) -> Row:
    """The transaction, locked; its round is locked already."""
    return tx.one(_BY_ID, row=row_id)


def content_digest(seat: Seat, ask: Ask) -> str:
    """SHA-256 in hex over all that makes an ask: the same id with other content is a conflict.

    Not the session: a provider may repeat an ask in the player's next one.
    """
    session = seat.session
    return hash_input(
        session.player_id,
        session.currency,
        int(ask.tx_type),
        ask.provider_tx_id,
        ask.round_code,
        ask.amount_micros,
        ask.reverses_tx_id,
        ask.closes_round,
        ask.free_round_code,
    )


def write(
    tx: Tx, seat: Seat, ask: Ask, player_micros: int, provider_micros: int, **values: Any
) -> tuple[int, str]:
    """Write a transaction's row; answers its id and its id on the wire.

    Amounts are signed from the player's side; `values` are the columns that depend on how far it
    is. Starts the command over when its provider's id was taken meanwhile.
    """
    session, code = seat.session, ids.wire_id()
    row = {
        "round_id": None,
        "wallet_tx_id": "",
        "before_micros": None,
        "after_micros": None,
        "transfer_id": None,
        "received_at": None,
        "content_digest": content_digest(seat, ask),
        "reverses_id": None,
        "reversed_by_id": None,
        "refusal": None,
        "attempts": 0,
        "next_attempt_at": None,
        "parked_at": None,
        **values,
    }
    row_id = tx.scalar(
        _INSERT,
        agent_id=session.agent_id,
        player_id=session.player_id,
        code=code,
        provider_id=session.provider_id,
        game_id=session.game_id,
        round_code=ask.round_code,
        provider_tx_id=ask.provider_tx_id,
        tx_type=int(ask.tx_type),
        player_currency=session.currency,
        settle_currency=session.settle_currency,
        settle_rate=session.settle_rate,
        player_amount_micros=player_micros,
        provider_amount_micros=provider_micros,
        settle_amount=settle_amount(player_micros, session.settle_rate),
        session_id=session.id,
        closes_round=ask.closes_round,
        free_round_code=ask.free_round_code,
        reverses_tx_id=ask.reverses_tx_id,
        share=seat.terms.share,
        commission=seat.terms.commission,
        contribution=seat.terms.contribution,
        provider_currency=session.provider_currency,
        scale=session.scale,
        created_at=tx.now,
        **row,
    )
    if row_id is None:
        raise Retry  # the same ask arrived twice at once: start over and find the other
    return row_id, code


_CHANGES: dict[tuple[str, ...], Any] = {}


def change(tx: Tx, row_id: int, was: State, **values: Any) -> None:
    """Change a transaction that is locked and in state `was`, which is the only way to go on."""
    names = tuple(sorted(values))
    statement = _CHANGES.get(names)
    if statement is None:
        statement = _CHANGES[names] = static(
            sa.update(game_transactions)
            .where(_txs.id == sa.bindparam("row"), _txs.state == sa.bindparam("was"))
            .values({n: sa.bindparam(f"to_{n}", type_=_txs[n].type) for n in names})
        )
    given = {f"to_{name}": value for name, value in values.items()}
    if not tx.run(statement, row=row_id, was=str(was), **given):
        raise AssertionError(f"transaction {row_id} is not {was}")


def outcome_of(row: Row, now: RoundNow | None = None) -> Outcome:
    """How a transaction stands that was done before."""
    return Outcome(
        id=row.id,
        tx_id=row.code,
        state=State(row.state),
        balance_micros=row.after_micros,
        at=row.created_at,
        refusal=row.refusal,
        round=now,
    )
