"""Who plays, in one look: session, agent, provider, terms, wallet, and what was asked before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lanhouse.aggregator.agents.schemas import TRANSFER
from lanhouse.aggregator.agents.tables import agent_providers, agents
from lanhouse.aggregator.errors import (
    AgentNotActive,
    AgentProviderNotFound,
    PlayerInactive,
    PlayerSelfExcluded,
    ProviderMaintenance,
    ProviderNotActive,
    ProviderOffline,
    SessionExpired,
)
from lanhouse.aggregator.launch.queries import session_of
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.players.tables import players
from lanhouse.aggregator.protection.commands import is_excluded
from lanhouse.aggregator.protection.tables import player_guards
from lanhouse.aggregator.providers.port import Ask, Seat, Terms
from lanhouse.aggregator.providers.tables import providers
from lanhouse.aggregator.rounds.tables import game_transactions
from lanhouse.aggregator.wallet.commands import wallet_account
from lanhouse.aggregator.wallet.tables import player_wallets
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError
from lanhouse.ledger import book_of_agent, open_account
from lanhouse.ledger.tables import accounts

_session = game_sessions.c
_book: Any = book_of_agent(_session.agent_id)  # type: ignore[arg-type]
_of_provider = accounts.alias("of_provider")
_clearing = accounts.alias("clearing")
_known = game_transactions.alias("known")
KNOWN = "known_"


def seat_select(*columns: Any, join: Callable[[Any], Any] = lambda joined: joined) -> Any:
    """The statement of a seat by `session`; its row is for seat_of(). A provider asks further
    columns in the same look, of tables that `join` adds."""
    return (
        sa.select(
            game_sessions,
            players.c.is_active.label("player_is_active"),
            agents.c.is_live.label("agent_is_live"),
            agents.c.kind.label("agent_kind"),
            agent_providers.c.share,
            agent_providers.c.commission,
            agent_providers.c.contribution,
            providers.c.is_active.label("provider_is_active"),
            providers.c.is_online.label("provider_is_online"),
            providers.c.maintenance_until,
            player_guards.c.excluded_until,
            player_guards.c.has_limits,
            player_wallets.c.account_id.label("wallet_account_id"),
            _of_provider.c.id.label("provider_account_id"),
            _clearing.c.id.label("clearing_account_id"),
            *columns,
        )
        .select_from(join(_joined()))
        .where(_session.id == sa.bindparam("session"))
    )


def _joined() -> Any:
    return (
        game_sessions.join(players, players.c.id == _session.player_id)
        .join(agents, agents.c.id == _session.agent_id)
        .outerjoin(
            agent_providers,
            (agent_providers.c.agent_id == _session.agent_id)
            & (agent_providers.c.provider_id == _session.provider_id),
        )
        .outerjoin(providers, providers.c.id == _session.provider_id)
        .outerjoin(
            player_guards,
            (player_guards.c.agent_id == _session.agent_id)
            & (player_guards.c.player_id == _session.player_id),
        )
        .outerjoin(
            player_wallets,
            (player_wallets.c.agent_id == _session.agent_id)
            & (player_wallets.c.player_id == _session.player_id)
            & (player_wallets.c.currency == _session.currency),
        )
        .outerjoin(
            _of_provider,
            _is_account(_of_provider, "provider:" + _session.provider_id, sa.literal(0), "balance"),
        )
        .outerjoin(
            _clearing, _is_account(_clearing, sa.literal("agent"), _session.agent_id, "clearing")
        )
    )


def _is_account(of: Any, owner_kind: Any, owner_id: Any, kind: str) -> Any:
    return (
        (of.c.book_id == _book)
        & (of.c.owner_kind == owner_kind)
        & (of.c.owner_id == owner_id)
        & (of.c.kind == kind)
        & (of.c.currency == _session.currency)
    )


_SEAT = static(seat_select())
_SEAT_AND_KNOWN = static(
    seat_select(
        *(column.label(KNOWN + column.name) for column in _known.c),
        join=lambda joined: joined.outerjoin(
            _known,
            (_known.c.agent_id == _session.agent_id)
            & (_known.c.provider_id == _session.provider_id)
            & (_known.c.provider_tx_id == sa.bindparam("provider_tx"))
            & (_known.c.tx_type == sa.bindparam("the_type")),
        ),
    )
)


def look(tx: Tx, ask: Ask) -> tuple[Seat, Row | None]:
    """The seat, and what was done under the provider's id before (a row of game_transactions, its
    columns named with KNOWN before them). Raises SessionExpired for a session that never began."""
    row = tx.one(
        _SEAT_AND_KNOWN,
        session=ask.session_id,
        provider_tx=ask.provider_tx_id,
        the_type=int(ask.tx_type),
    )
    if row is None or row.started_at is None:
        raise SessionExpired
    return seat_of(tx, row), None if row.known_id is None else row


def seat_of_session(tx: Tx, session_id: int) -> Seat:
    """The seat of a session that has begun. Raises SessionExpired."""
    row = tx.one(_SEAT, session=session_id)
    if row is None or row.started_at is None:
        raise SessionExpired
    return seat_of(tx, row)


def seat_of(tx: Tx, row: Row) -> Seat:
    """The seat that a row of seat_select() tells; accounts are opened where they are new."""
    session = session_of(row)
    is_here = row.agent_kind == TRANSFER
    player = row.wallet_account_id if is_here else row.clearing_account_id
    if player is None and is_here:
        player = wallet_account(tx, session.agent_id, session.player_id, session.currency)
    book = book_of_agent(session.agent_id)
    if player is None:
        player = open_account(
            tx, book, "agent", session.agent_id, "clearing", session.currency, may_go_negative=True
        )
    provider = row.provider_account_id
    if provider is None:
        # Each provider has winnings of its own; they may be below zero while players are lucky.
        provider = open_account(
            tx, book, f"provider:{session.provider_id}", 0, "balance", session.currency,
            may_go_negative=True,
        )  # fmt: skip
    terms = Terms() if row.share is None else Terms(row.share, row.commission, row.contribution)
    return Seat(
        session=session,
        is_here=is_here,
        player_account_id=player,
        provider_account_id=provider,
        terms=terms,
        refusal=_refusal(row, tx.now),
        has_limits=bool(row.has_limits),
    )


def _refusal(row: Row, now: datetime) -> AppError | None:
    """Why no bet is taken in this session now: session, player, provider, in this order."""
    checks: tuple[tuple[bool, type[AppError]], ...] = (
        (row.ends_at <= clock.real_now(), SessionExpired),
        (not row.agent_is_live, AgentNotActive),
        (not row.player_is_active, PlayerInactive),
        (is_excluded(row.excluded_until, now), PlayerSelfExcluded),
        (row.share is None, AgentProviderNotFound),
        (not row.provider_is_active, ProviderNotActive),
        (not row.provider_is_online, ProviderOffline),
    )
    for is_so, refusal in checks:
        if is_so:
            return refusal()  # type: ignore[call-arg]
    until = row.maintenance_until
    return ProviderMaintenance() if until is not None and until > clock.real_now() else None
