"""The data that is measured on: a centre with members and 500 PCs in use, an agent with players."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from lanhouse.aggregator.agents.commands import create_agent, create_agent_key, fund_agent
from lanhouse.aggregator.agents.schemas import TRANSFER, FundAgent, NewAgent
from lanhouse.aggregator.players.commands import create_player
from lanhouse.aggregator.players.schemas import NewPlayer
from lanhouse.auth.actors import Actor
from lanhouse.auth.keys import NewKey, generate_key
from lanhouse.auth.rights import rights_of
from lanhouse.auth.tokens import NewToken, issue_token
from lanhouse.cafe.centers.commands import NewCenter, create_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.commands.accounts import insert_account
from lanhouse.cafe.pcs.commands import NewPcs, add_pcs
from lanhouse.cafe.products.commands import NewProduct, create_product
from lanhouse.cafe.products.rules import STOCK_MAX
from lanhouse.cafe.products.schemas import ProductValues
from lanhouse.cafe.sessions.commands import StartMember, start_member
from lanhouse.cafe.staff.commands import NewStaff, create_staff
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db.store import Tx
from lanhouse.kit import clock
from lanhouse.kit.limits import MAX_PC
from lanhouse.kit.money import MICROS
from lanhouse.web.sign_in import PANEL_COOKIE

CENTER_ID = 1
CENT = MICROS // 100
LOOPBACK = "127.0.0.1"
IDLE_MEMBERS = 2_000
PLAYERS = 1_000
PRODUCTS = 500
ACTOR = Actor(
    kind="api_key", center_id=CENTER_ID, staff_name="API", role="api", rights=rights_of("api")
)


class Town(msgspec.Struct):
    """What the scenarios need to know of the data."""

    api_key: str
    agent_key: str
    cookie: str
    """Of a person who is signed in to the panel."""
    member_ids: list[int]
    product_ids: list[int]
    usernames: list[str]


def build_town(tx: Tx, _: None) -> Town:
    """Make everything in one transaction. Every member has history; every PC is in use."""
    center = create_center(
        tx,
        NewCenter(
            id=CENTER_ID,
            name="Bench",
            license_name="bench",
            zone_name="Europe/Lisbon",
            currency="EUR",
            price_per_hour_micros=2 * MICROS,
        ),
    )
    _next_command(tx)
    api_key = generate_key(tx, NewKey(CENTER_ID, LOOPBACK)).secret
    member_ids = [add_member(tx, center, f"m{number}") for number in range(IDLE_MEMBERS)]
    product_ids = fill_shop(tx, center)
    fill_hall(tx, center)
    agent_key, usernames = _agent(tx)
    return Town(api_key, agent_key, _cookie(tx), member_ids, product_ids, usernames)


def _next_command(tx: Tx) -> None:
    """Let the followers run, and go on as another command would."""
    tx.settle()
    tx.begin_command()


def add_member(tx: Tx, center: Center, account: str) -> int:
    member_id = insert_account(tx, center.id, {"account": account, "group_id": 0})
    money = TopUp(
        center=center,
        actor=ACTOR,
        member_ids=[member_id],
        value_micros=100 * MICROS,
        bonus_micros=10 * MICROS,
    )
    top_up(tx, money)
    return member_id


def fill_shop(tx: Tx, center: Center) -> list[int]:
    """Products that are counted and never run out; answers their ids."""
    ids: list[int] = []
    for number in range(1, PRODUCTS + 1):
        values = ProductValues(name=f"Product {number:03d}", price_micros=(50 + number) * CENT)
        new = NewProduct(center=center, actor=ACTOR, values=values, quantity=STOCK_MAX)
        ids.append(create_product(tx, new).id)
        _next_command(tx)
    return ids


def fill_hall(tx: Tx, center: Center) -> None:
    names = [f"PC{number:03d}" for number in range(1, MAX_PC + 1)]
    add_pcs(tx, NewPcs(center=center, names=names))
    players = [add_member(tx, center, f"p{number}") for number in range(MAX_PC)]
    with clock.frozen(clock.now() - timedelta(minutes=50)):
        for name, member_id in zip(names, players, strict=True):
            _next_command(tx)
            start = StartMember(center=center, actor=ACTOR, pc_name=name, member_id=member_id)
            start_member(tx, start)
    _next_command(tx)


def _cookie(tx: Tx) -> str:
    # Nobody signs in with a password here, so none needs to fit.
    new = NewStaff(center_id=CENTER_ID, account="desk", password_hash="", role="staff")
    token = NewToken(CENTER_ID, "staff", "cookie", create_staff(tx, new))
    return f"{PANEL_COOKIE}={issue_token(tx, token)}"


def _agent(tx: Tx) -> tuple[str, list[str]]:
    agent = create_agent(
        tx,
        NewAgent(
            name="Bench",
            kind=TRANSFER,
            base_currency="EUR",
            currencies={"EUR": "1"},
            allowed_ips=LOOPBACK,
        ),
    )
    fund_agent(
        tx, FundAgent(agent_id=agent.id, currency="EUR", amount_micros=10_000_000_000 * MICROS)
    )
    usernames = [f"bench{number:05d}" for number in range(PLAYERS)]
    for username in usernames:
        create_player(tx, NewPlayer(agent, username))
    return create_agent_key(tx, agent.id).secret, usernames
