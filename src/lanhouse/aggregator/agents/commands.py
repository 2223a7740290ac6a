"""Setting agents up: the agent, its keys, its money."""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from lanhouse.aggregator.agents.queries import agent_by_id, children_of
from lanhouse.aggregator.agents.rules import (
    PLAY_CURRENCY,
    check_new_agent,
    check_term,
    parse_frame_origins,
    wrong_licence,
)
from lanhouse.aggregator.agents.schemas import (
    ActivateAgent,
    Agent,
    AllowAgent,
    FrameAgent,
    FundAgent,
    KeyShown,
    KeyUsed,
    NewAgent,
    SetHabits,
    SetLicence,
    SetTerms,
    SignAgent,
)
from lanhouse.aggregator.agents.tables import (
    agent_currencies,
    agent_keys,
    agent_providers,
    agents,
)
from lanhouse.aggregator.errors import (
    AgentInvalidType,
    AgentNotFound,
    AgentProviderNotFound,
    CurrencyNotSupported,
)
from lanhouse.auth.addresses import parse_allow_list
from lanhouse.auth.generations import AGENT_KEYS, advance
from lanhouse.db.statements import Row, insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.kit import clock, ids
from lanhouse.kit.errors import InvalidInput
from lanhouse.ledger import Posting, Transfer, book_of_agent, open_account, post
from lanhouse.ledger.answers import Keyed, hash_input, run_once

KEY_PREFIX = "lha"
LIVE_KEYS_MAX = 2
PREFIX_CHARS = 5
_SHOWN_CHARS = 12
_ALPHABET = string.ascii_lowercase + string.digits

_CREATE = static(insert_ignore(agents).returning(agents.c.id))
_ADD_CURRENCY = static(sa.insert(agent_currencies))
_ADD_KEY = static(sa.insert(agent_keys))
_LIVE_KEYS = static(
    sa.select(agent_keys.c.key_hash)
    .where(agent_keys.c.agent_id == sa.bindparam("agent"), agent_keys.c.ended_at.is_(None))
    .order_by(agent_keys.c.created_at, agent_keys.c.key_hash)
)
_END_KEY = static(
    sa.update(agent_keys)
    .where(agent_keys.c.key_hash == sa.bindparam("hash"))
    .values(ended_at=sa.bindparam("end", type_=agent_keys.c.ended_at.type))
)
_ACTIVATE = static(
    sa.update(agents)
    .where(agents.c.id == sa.bindparam("agent"))
    .values(is_active=sa.bindparam("active"))
)
_LIVE = static(
    sa.update(agents).where(agents.c.id == sa.bindparam("agent")).values(is_live=sa.bindparam("on"))
)
_ADD_PROVIDER = static(insert_ignore(agent_providers))
_TERMS = ("share", "commission", "contribution")
_SET_TERMS = {
    name: static(
        sa.update(agent_providers)
        .where(
            agent_providers.c.agent_id == sa.bindparam("agent"),
            agent_providers.c.provider_id == sa.bindparam("provider"),
        )
        .values({name: sa.bindparam("term")})
    )
    for name in _TERMS
}
_LICENCE = static(
    sa.update(agents)
    .where(agents.c.id == sa.bindparam("agent"))
    .values(
        licence_number=sa.bindparam("number"),
        countries=sa.bindparam("named", type_=agents.c.countries.type),
        minimum_age=sa.bindparam("age"),
    )
)
_ALLOW = static(
    sa.update(agents)
    .where(agents.c.id == sa.bindparam("agent"))
    .values(allowed_ips=sa.bindparam("allowed"))
)
_FRAME = static(
    sa.update(agents)
    .where(agents.c.id == sa.bindparam("agent"))
    .values(frame_origins=sa.bindparam("origins"))
)
_SIGN = static(
    sa.update(agents)
    .where(agents.c.id == sa.bindparam("agent"))
    .values(signing_sealed=sa.bindparam("sealed", type_=agents.c.signing_sealed.type))
)
_HABITS = {
    name: static(
        sa.update(agents)
        .where(agents.c.id == sa.bindparam("agent"))
        .values({name: sa.bindparam("on")})
    )
    for name in ("has_aliases", "has_statuses")
}
_USED = static(
    sa.update(agent_keys)
    .where(agent_keys.c.key_hash == sa.bindparam("hash"))
    .values(last_used_at=sa.bindparam("used_at", type_=agent_keys.c.last_used_at.type))
)


def create_agent(tx: Tx, new: NewAgent) -> Agent:
    """Set an agent up with an empty wallet in each currency.

    Raises InvalidInput naming every wrong field, or a prefix that is taken.
    """
    check_new_agent(new)
    allowed = parse_allow_list(new.allowed_ips, "allowed_ips")
    parent = None if new.parent_id is None else agent_by_id(tx, new.parent_id)
    if parent is None and new.parent_id is not None:
        raise InvalidInput({"parent_id": "is no agent"})
    agent_id = tx.scalar(
        _CREATE,
        name=new.name.strip(),
        kind=new.kind,
        prefix=new.prefix or "".join(secrets.choice(_ALPHABET) for _ in range(PREFIX_CHARS)),
        base_currency=new.base_currency,
        allowed_ips=allowed,
        parent_id=new.parent_id,
        is_live=parent is None or parent.is_live,
        licence_number=new.licence_number.strip(),
        countries=list(new.countries),
        minimum_age=new.minimum_age,
        is_play=new.is_play,
        created_at=tx.now,
    )
    if agent_id is None:
        raise InvalidInput({"prefix": "is taken"})
    book = book_of_agent(agent_id)
    for currency, rate in new.currencies.items():
        account = open_account(tx, book, "agent", agent_id, "balance", currency)
        tx.run(
            _ADD_CURRENCY,
            agent_id=agent_id,
            currency=currency,
            account_id=account,
            settle_rate=rate,
        )
    for place, provider_id in enumerate(new.provider_ids):
        row = {"agent_id": agent_id, "provider_id": provider_id, "place": place}
        tx.run(_ADD_PROVIDER, **row)
    found = agent_by_id(tx, agent_id)
    assert found is not None
    return found


def add_agent_provider(tx: Tx, cmd: tuple[int, str]) -> None:
    """Let an agent (its number) use a provider (its id), last in its order and on terms of 0; once.

    Raises AgentNotFound.
    """
    agent = agent_by_id(tx, cmd[0])
    if agent is None:
        raise AgentNotFound
    place = len(agent.provider_ids)
    tx.run(_ADD_PROVIDER, agent_id=agent.id, provider_id=cmd[1], place=place)
    tx.emit("access.changed", {"agent_id": agent.id})


def create_agent_key(tx: Tx, agent_id: int) -> KeyShown:
    """Make a key, shown this once and kept as a hash; beyond two live keys the oldest ends.

    Raises AgentNotFound, and AgentInvalidType for play tokens, which no call may move.
    """
    agent = agent_by_id(tx, agent_id)
    if agent is None:
        raise AgentNotFound
    if agent.is_play:
        raise AgentInvalidType
    now = clock.real_now()
    _end_oldest(tx, agent_id, now)
    secret = ids.new_secret(KEY_PREFIX)
    tx.run(
        _ADD_KEY,
        key_hash=ids.secret_hash(secret),
        agent_id=agent_id,
        shown_prefix=secret[:_SHOWN_CHARS],
        created_at=now,
    )
    tx.emit("access.changed", {"agent_id": agent_id})
    return KeyShown(agent_id, secret)


def _end_oldest(tx: Tx, agent_id: int, now: datetime) -> None:
    live = tx.all(_LIVE_KEYS, agent=agent_id)
    _end_keys(tx, agent_id, live[: max(0, len(live) - LIVE_KEYS_MAX + 1)], now)


def _end_keys(tx: Tx, agent_id: int, rows: Sequence[Row], now: datetime) -> None:
    for row in rows:
        tx.run(_END_KEY, hash=row.key_hash, end=now)
    if rows:
        advance(tx, AGENT_KEYS, agent_id)


def fund_agent(tx: Tx, cmd: FundAgent) -> int:
    """Move money from the platform to the agent's wallet; answers its balance after it in micros.

    The same payment under the same key answers what it answered the first time. Raises
    CurrencyNotSupported, AgentInvalidType for play tokens, InvalidInput for an amount that is not
    positive, and Conflict when the key names another payment.
    """
    key = None if cmd.key is None else f"fund-agent:{cmd.key}"
    asked = hash_input(cmd.currency, cmd.amount_micros)
    once = Keyed(book_of_agent(cmd.agent_id), key, asked, _fund, cmd, lambda held: b"%d" % held)
    return int(run_once(tx, once))


def fund_play_agent(tx: Tx, agent_id: int, amount_micros: int) -> None:
    """Make play tokens (micros), to be granted in the same transaction."""
    agent = agent_by_id(tx, agent_id)
    assert agent is not None, "tokens are granted to a player of it"
    assert agent.is_play, "real money is paid in"
    _put(
        tx, agent, FundAgent(agent_id=agent_id, currency=PLAY_CURRENCY, amount_micros=amount_micros)
    )


def _fund(tx: Tx, cmd: FundAgent) -> int:
    if cmd.amount_micros <= 0:
        raise InvalidInput({"amount": "must be more than 0"})
    agent = agent_by_id(tx, cmd.agent_id)
    if agent is None:
        raise AgentNotFound
    if agent.is_play:
        raise AgentInvalidType
    return _put(tx, agent, cmd)


def _put(tx: Tx, agent: Agent, cmd: FundAgent) -> int:
    if cmd.currency not in agent.currencies:
        raise CurrencyNotSupported
    book = book_of_agent(agent.id)
    platform = open_account(tx, book, "platform", 0, "balance", cmd.currency, may_go_negative=True)
    account = agent.currencies[cmd.currency].account_id
    posted = post(
        tx,
        Transfer(
            book_id=book,
            kind="agent_funding",
            postings=[
                Posting(platform, -cmd.amount_micros),
                Posting(account, cmd.amount_micros),
            ],
            key=cmd.key,
        ),
    )
    return posted.after[account]


def set_agent_active(tx: Tx, cmd: ActivateAgent) -> None:
    """Switch an agent on or off; its calls, and those of agents below one that is off, are refused
    from the next one on."""
    if not tx.run(_ACTIVATE, agent=cmd.agent_id, active=cmd.is_active):
        raise AgentNotFound
    agent = agent_by_id(tx, cmd.agent_id)
    assert agent is not None
    parent = None if agent.parent_id is None else agent_by_id(tx, agent.parent_id)
    _spread(tx, agent.id, is_live=cmd.is_active and (parent is None or parent.is_live))


def _spread(tx: Tx, agent_id: int, *, is_live: bool) -> None:
    """Write down whether an agent and those below it are live; each keeps its own switch."""
    tx.run(_LIVE, agent=agent_id, on=is_live)
    tx.emit("access.changed", {"agent_id": agent_id})
    for child in children_of(tx, agent_id):
        _spread(tx, child.id, is_live=is_live and bool(child.is_active))


def set_terms(tx: Tx, cmd: SetTerms) -> None:
    """Change an agent's terms with a provider; bets that were taken keep theirs.

    Raises InvalidInput and AgentProviderNotFound.
    """
    given = {name: getattr(cmd, name) for name in _TERMS if getattr(cmd, name) is not None}
    for name, text in given.items():
        term = check_term(name, text)
        if not tx.run(_SET_TERMS[name], agent=cmd.agent_id, provider=cmd.provider_id, term=term):
            raise AgentProviderNotFound


def set_licence(tx: Tx, cmd: SetLicence) -> None:
    """Change what a licensed agent promises.

    Raises AgentNotFound, and InvalidInput for what is no licence and for a test agent: what its
    wallets and history hold was never real, so that it stays one.
    """
    agent = agent_by_id(tx, cmd.agent_id)
    if agent is None:
        raise AgentNotFound
    if agent.is_test:
        raise InvalidInput(
            {"licence_number": "a test agent stays one; add an agent with the licence"}
        )
    number = agent.licence_number if cmd.licence_number is None else cmd.licence_number
    countries = agent.countries if cmd.countries is None else cmd.countries
    age = agent.minimum_age if cmd.minimum_age is None else cmd.minimum_age
    wrong = wrong_licence(number, countries, age)
    if wrong:
        raise InvalidInput(wrong)
    tx.run(_LICENCE, agent=agent.id, number=number.strip(), named=list(countries), age=age)
    tx.emit("access.changed", {"agent_id": agent.id})


def set_agent_addresses(tx: Tx, cmd: AllowAgent) -> None:
    """Replace the list of addresses an agent may call from. Raises InvalidInput, AgentNotFound."""
    allowed = parse_allow_list(cmd.allowed_ips, "allowed_ips")
    if not tx.run(_ALLOW, agent=cmd.agent_id, allowed=allowed):
        raise AgentNotFound
    tx.emit("access.changed", {"agent_id": cmd.agent_id})


def set_frame_origins(tx: Tx, cmd: FrameAgent) -> None:
    """Replace the origins that may frame the agent's games, from the next page on.

    Raises InvalidInput, AgentNotFound.
    """
    origins = parse_frame_origins(cmd.frame_origins)
    if not tx.run(_FRAME, agent=cmd.agent_id, origins=origins):
        raise AgentNotFound
    tx.emit("access.changed", {"agent_id": cmd.agent_id})


def end_agent_keys(tx: Tx, agent_id: int) -> None:
    """End every live key of an agent, because one of them is known to others."""
    now = clock.real_now()
    _end_keys(tx, agent_id, tx.all(_LIVE_KEYS, agent=agent_id), now)
    tx.emit("access.changed", {"agent_id": agent_id})


def set_agent_signing(tx: Tx, cmd: SignAgent) -> None:
    """Ask an agent's calls to be signed, with a new secret; a call signed with the one before, or
    not at all, is refused from now on. Raises AgentNotFound."""
    if not tx.run(_SIGN, agent=cmd.agent_id, sealed=cmd.sealed):
        raise AgentNotFound
    tx.emit("access.changed", {"agent_id": cmd.agent_id})


def set_agent_habits(tx: Tx, cmd: SetHabits) -> None:
    """Change how an agent is answered, from its next call on. Raises AgentNotFound."""
    for name, statement in _HABITS.items():
        wanted = getattr(cmd, name)
        if wanted is not None and not tx.run(statement, agent=cmd.agent_id, on=wanted):
            raise AgentNotFound
    tx.emit("access.changed", {"agent_id": cmd.agent_id})


def note_key_used(tx: Tx, cmd: KeyUsed) -> None:
    """Remember that a key is in use; one that is gone is nobody's."""
    tx.run(_USED, hash=cmd.key_hash, used_at=cmd.at)
