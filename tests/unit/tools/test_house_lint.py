"""Each rule of the house with an example that passes and one that fails, and only for that rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.house_lint import ROOT, RULES, SOURCE, check, hidden_files, module_name

GUARDED_ROUTES = """\
@routes.get('/a', right='members.read')
async def a(call): ...
@routes.get('/b', public=True)
async def b(call): ...
@cache.get('/c')
def c(): ...
"""
OPEN_ROUTE = """\
@routes.get('/a', right='members.read')
async def a(call): ...
@member_routes.post('/b')
async def b(call): ...
"""

# rule, file, passing text, failing text, line of the finding
EXAMPLES = [
    (
        "import-order",
        "ledger.posting",
        "from lanhouse.db.types import Money\nfrom lanhouse.kit import money\n",
        "from lanhouse.kit import money\nfrom lanhouse.cafe.members import queries\n",
        2,
    ),
    (
        "import-order",
        "cafe.members.api",
        "from lanhouse.web.routes import CafeRoutes\nfrom lanhouse.cafe.groups import queries\n",
        "import lanhouse.aggregator.agents.queries\n",
        1,
    ),
    (
        "import-order",
        "kit.money",
        "import msgspec\n",
        "def late():\n    from lanhouse import db\n    return db\n",
        2,
    ),
    (
        "import-order",
        "aggregator.rounds.jobs",
        "from lanhouse.jobs import every\n",
        "from lanhouse.cli.main import main\n",
        1,
    ),
    (
        "pure-rules",
        "cafe.pricing.rules",
        "from lanhouse.kit.money import MICROS\nfrom lanhouse.cafe.pricing.schemas import Rule\n",
        "from lanhouse.kit import clock\n",
        1,
    ),
    (
        "pure-rules",
        "aggregator.rounds.rules",
        "import math\n",
        "import math\nimport sqlalchemy as sa\n",
        2,
    ),
    (
        "transaction-outside-db",
        "cafe.topups.commands",
        "def top_up(tx, cmd):\n    tx.run(cmd)\n",
        "def top_up(tx, cmd):\n    tx.run(cmd)\n    tx.connection.commit()\n",
        3,
    ),
    (
        "float-near-money",
        "cafe.topups.rules",
        "def bonus_of(amount_micros: int, share: int):\n    return amount_micros * share // 100\n",
        "def bonus_of(amount_micros: int) -> int:\n    return int(amount_micros * 0.1)\n",
        2,
    ),
    (
        "float-near-money",
        "cafe.topups.schemas",
        "class TopUp:\n    seconds: float\n",
        "class TopUp:\n    price: float\n",
        2,
    ),
    (
        "float-near-money",
        "cafe.topups.queries",
        "def half(cost_micros):\n    return cost_micros // 2\n",
        "def half(cost_micros):\n    return cost_micros / 2\n",
        2,
    ),
    (
        "balance-outside-ledger",
        "cafe.members.commands",
        "from lanhouse.ledger import post\n\ndef give(tx):\n    return post(tx)\n",
        "from lanhouse.ledger.tables import accounts\n\ndef f(sa):\n    sa.update(accounts)\n",
        4,
    ),
    (
        "balance-outside-ledger",
        "cafe.members.commands",
        "def rename(table):\n    return table.update().values(name='Ann')\n",
        "def give(table):\n    return table.update().values(balance_micros=5)\n",
        2,
    ),
    (
        "open-route",
        "cafe.members.api",
        GUARDED_ROUTES,
        OPEN_ROUTE,
        3,
    ),
    (
        "clock-outside-kit",
        "cafe.sessions.commands",
        "from lanhouse.kit import clock\n\ndef f():\n    return clock.now()\n",
        "import datetime\n\ndef f():\n    return datetime.datetime.now(datetime.UTC)\n",
        4,
    ),
    (
        "clock-outside-kit",
        "auth.tokens",
        "import time\n\ndef f():\n    return time.monotonic()\n",
        "import time\n\ndef f():\n    return time.time()\n",
        4,
    ),
    (
        "text-sql",
        "cafe.members.queries",
        "def f():\n    return 'Select a PC from the map'\n",
        "def f(name):\n    return f'select * from {name}'\n",
        2,
    ),
    (
        "text-sql",
        "aggregator.players.queries",
        "from sqlalchemy import select\n",
        "from sqlalchemy import select, text\n",
        1,
    ),
    (
        "text-sql",
        "ledger.sealing",
        "def f(sa):\n    return sa.column('is_default')\n",
        "def f(sa):\n    return sa.text('is_default')\n",
        2,
    ),
    (
        "too-long",
        "cafe.members.queries",
        "def f():\n" + "    x = 1\n" * 69,
        "def f():\n" + "    x = 1\n" * 70,
        1,
    ),
    ("too-long", "kit.money", "x = 1\n" * 400, "x = 1\n" * 401, 1),
    (
        "cafe-floors",
        "cafe.topups.commands",
        "from lanhouse.cafe.money import log\nfrom lanhouse.cafe.orders.tables import orders\n",
        "def late():\n    from lanhouse.cafe.sessions import queries\n    return queries\n",
        2,
    ),
    (
        "cafe-floors",
        "cafe.metering.rules",
        "from lanhouse.cafe.offers.schemas import Package\n",
        "from lanhouse.cafe.products.schemas import Product\n",
        1,
    ),
    (
        "cafe-floors",
        "cafe.pools.commands",
        "from lanhouse.cafe.members import queries\n",
        "from lanhouse.cafe.news import queries\n",
        1,
    ),
    (
        "cafe-floors",
        "cafe.portal.queries",
        "from lanhouse.cafe.news import queries\n",
        "from lanhouse.cafe.client import queries\n",
        1,
    ),
    (
        "table-writer",
        "cafe.sessions.commands",
        "from lanhouse.cafe.members.tables import members\nsa.select(members)\n",
        "from lanhouse.cafe.members.tables import members\nsa.update(members)\n",
        2,
    ),
    (
        "sql-at-the-edge",
        "cafe.desk.pages.members",
        "from lanhouse.cafe.desk.queries.members import find_members\n",
        "import sqlalchemy as sa\n",
        1,
    ),
    (
        "edge-imported",
        "cafe.desk.pages.sessions",
        "from lanhouse.cafe.sessions.wire import row\n",
        "from lanhouse.cafe.sessions.api import row\n",
        1,
    ),
    (
        "web-inside",
        "cafe.sessions.plans",
        "from lanhouse.kit.errors import Refused\n",
        "from lanhouse.web.call import Call\n",
        1,
    ),
    (
        "write-past-the-door",
        "cafe.sessions.api",
        "async def end(call):\n    await call.run(end_token, call.actor)\n",
        "async def end(call):\n    await call.store.write(end_token, call.actor)\n",
        2,
    ),
    (
        "unsaid-refusal",
        "cafe.pcs.commands",
        "def add(name):\n    raise Refused(say('%(name)s is there', name=name))\n",
        "def add(name):\n    raise InvalidInput({'name': f'{name} is there'})\n",
        2,
    ),
    (
        "refused-field",
        "cafe.sessions.commands",
        (
            "def pay(cmd):\n    if cmd.amount_micros <= 0:\n"
            "        raise InvalidInput({'amount': say('must be more than 0')})\n"
        ),
        (
            "def pay(cmd):\n    if cmd.amount_micros <= 0:\n"
            "        raise InvalidInput({'pc_cost': say('must be more than 0')})\n"
        ),
        3,
    ),
    (
        "refused-field",
        "cafe.members.commands.changing",
        (
            "def check(change, errors):\n    if change.values['group_id'] < 0:\n"
            "        errors['group_id'] = say('is no group')\n"
        ),
        (
            "def check(change, errors):\n    if change.values['group_id'] < 0:\n"
            "        errors['member_group_id'] = say('is no group')\n"
        ),
        3,
    ),
    (
        "refused-field",
        "aggregator.providers.house.commands",
        "def spin(bet_micros):\n    raise BetNotAllowed({'bet': 'is not allowed'})\n",
        "def spin(bet_micros):\n    raise BetNotAllowed({'betMicros': 'is not allowed'})\n",
        2,
    ),
]


@pytest.mark.parametrize(("rule", "name", "passing", "failing", "line"), EXAMPLES)
def test_examples(rule: str, name: str, passing: str, failing: str, line: int) -> None:
    assert check("good.py", name, passing) == []

    found = check("bad.py", name, failing)

    assert [(finding.rule, finding.line) for finding in found] == [(rule, line)]


def test_every_rule_has_an_example() -> None:
    by_name = {"file-names"}  # decided by the file's name, not by its text
    assert {example[0] for example in EXAMPLES} | by_name == set(RULES)


@pytest.mark.parametrize(
    ("name", "is_known"),
    [
        ("cafe.topups.commands", True),
        ("cafe.topups.commands.batch", True),
        ("cafe.topups.batch", False),
        ("cafe.money.movements", True),
        ("cafe.pcs.movements", False),
        ("aggregator.rounds.helpers", False),
    ],
)
def test_a_noun_has_the_files_that_a_newcomer_looks_for(name: str, is_known: bool) -> None:
    found = check("x.py", name, "import msgspec\n")
    assert [finding.rule for finding in found] == ([] if is_known else ["file-names"])


def test_a_noun_without_a_floor_is_told_so() -> None:
    (found,) = check("x.py", "cafe.tombola.queries", "import msgspec\n")
    assert found.rule == "cafe-floors"
    assert "tombola stands on no floor" in found.message


def test_the_same_text_is_allowed_where_it_belongs() -> None:
    assert check("x.py", "db.sqlite", "def f(c):\n    c.commit()\n") == []
    assert check("x.py", "kit.clock", "import time\nnow = time.time()\n") == []
    assert check("x.py", "db.store", "x = 'SELECT 1 FROM t'\n") == []
    own = "from lanhouse.ledger.tables import accounts\n\ndef f(sa):\n    sa.update(accounts)\n"
    assert check("x.py", "ledger.posting", own) == []


def test_an_exception_needs_its_rule_and_a_reason() -> None:
    line = "import time\nat = time.time()"
    assert (
        check("x.py", "web.page", f"{line}  # house: allow clock-outside-kit - a file's age\n")
        == []
    )
    assert len(check("x.py", "web.page", f"{line}  # house: allow clock-outside-kit\n")) == 1
    assert len(check("x.py", "web.page", f"{line}  # house: allow text-sql - wrong rule\n")) == 1


def test_module_names() -> None:
    assert module_name(SOURCE / "cafe" / "pcs" / "api.py") == "cafe.pcs.api"
    assert module_name(SOURCE / "cafe" / "__init__.py") == "cafe"


def test_the_source_is_where_the_linter_looks() -> None:
    assert (ROOT / "src" / "lanhouse") == SOURCE
    assert (SOURCE / "__init__.py").is_file()


def test_a_file_beside_a_folder_of_its_name_is_found(tmp_path: Path) -> None:
    noun = tmp_path / "cafe" / "members"
    (noun / "jobs").mkdir(parents=True)
    (noun / "jobs.py").write_text("JOBS = []\n")
    assert hidden_files(tmp_path) == []
    (noun / "jobs" / "__init__.py").write_text("")
    (found,) = hidden_files(tmp_path)
    assert (found.path, found.rule) == (str(noun / "jobs.py"), "hidden-file")
    assert hidden_files() == []
