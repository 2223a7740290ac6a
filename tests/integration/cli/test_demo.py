"""The launch contract: the real command as a process, on a directory of its own."""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.members.demo import HANDED_OUT
from lanhouse.ledger.tables import answers
from tests.builders import databases
from tests.builders.effort import SEED
from tests.crash.server import Server, ServerFailed


def call(base: str, path: str, token: str, body: dict[str, Any] | None = None) -> Any:
    """A JSON call, POST when there is a body."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(base + path, data, headers)) as answer:
        return json.load(answer)


def cafe(demo: dict[str, Any], path: str, body: dict[str, Any] | None = None) -> Any:
    """A café call that must succeed."""
    prefix = f"/api/v2/cafe/{demo['cafe']['cafe_id']}"
    told = call(demo["base_url"], prefix + path, demo["cafe"]["api_key"], body)
    assert told["code"] == 200, told
    return told["data"]


@pytest.fixture(params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A demo server that is not started, on an empty database of either kind."""
    url = ""
    if request.param == "postgres":
        if not os.environ.get("LANHOUSE_TEST_POSTGRES_URL"):
            pytest.skip("LANHOUSE_TEST_POSTGRES_URL is not set")
        url = databases.empty_postgres().url
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    (data_dir / "somebody's file.txt").write_text("not ours")
    opened = Server(data_dir, database_url=url)
    yield opened
    opened.kill_if_running()


@pytest.fixture(scope="module")
def made_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a demo that was made, and stopped."""
    made = Server(tmp_path_factory.mktemp("demo") / "data")
    made.start()
    made.stop()
    return made.data_dir


@pytest.fixture
def data_dir(made_demo: Path, tmp_path: Path) -> Path:
    """A copy of it, for what does not need a demo that is made this moment."""
    return Path(shutil.copytree(made_demo, tmp_path / "data"))


def test_the_launch_contract(server: Server) -> None:
    server.start()

    demo = server.demo()
    base = f"http://127.0.0.1:{server.port}"
    path = server.data_dir / "demo.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {name: demo[name] for name in demo if name.endswith("_url")} == {
        "base_url": base,
        "health_url": f"{base}/health",
        "panel_url": f"{base}/panel",
        "portal_url": f"{base}/portal",
        "external_api_url": f"{base}/external",
        "provider_api_url": f"{base}/provider/v1",
        "wss_url": f"ws://127.0.0.1:{server.port}/wss",
        "docs_url": f"{base}/docs",
    }
    assert demo["cafe"].keys() == {"cafe_id", "license_name", "api_key", "timezone", "currency"}
    assert (demo["cafe"]["cafe_id"], demo["cafe"]["currency"]) == (7777, "EUR")
    assert [person["role"] for person in demo["staff"]] == ["Admin", "Manager", "Staff"]
    assert demo["members"][0].keys() == {"member_id", "member_account", "member_password"}
    assert len(demo["pcs"]) == 30
    assert all(pc["agent_token"].startswith("lhd_") for pc in demo["pcs"])
    assert demo["providers"] == []
    transfer, seamless, branch = demo["agents"]
    assert (transfer["type"], seamless["type"]) == ("transfer", "seamless")
    assert (transfer["parent_agent_id"], seamless["parent_agent_id"]) == (None, None)
    assert branch["parent_agent_id"] == transfer["agent_id"]
    assert transfer["currencies"][0] == transfer["base_currency"] == "EUR"
    assert transfer["currencies"] == ["EUR", "JPY", "KWD"]
    assert (server.data_dir / "somebody's file.txt").read_text() == "not ours"
    assert (transfer["callback_key"], transfer["callback_secret"]) == (None, None)
    assert seamless["callback_key"].startswith("lhc_")
    assert seamless["callback_secret"].startswith("lhs_")
    check_calls(demo)
    held = play_seamless(demo)

    before = path.read_bytes()
    rows = cafe(demo, "/pcList")
    assert server.stop() < 5
    server.start()
    assert path.read_bytes() == before
    # The demo's operator has kept its wallet.
    assert begin_seamless(demo)["state"]["balance"] == held
    again = cafe(demo, "/pcList")
    assert [(pc["pc_name"], pc["member_account"]) for pc in again] == [
        (pc["pc_name"], pc["member_account"]) for pc in rows
    ]
    server.stop()
    server.verify_ledger()


def begin_seamless(demo: dict[str, Any]) -> dict[str, Any]:
    """A session of a player whose wallet is at the demo's operator, over the small JSON."""
    key, body = demo["agents"][1]["api_key"], {
        "username": "sea0001", "isMobile": False, "gameId": "house_00001", "lang": "en",
        "playerIp": "203.0.113.7", "currency": "EUR",
    }  # fmt: skip
    call(demo["base_url"], "/external/createPlayer", key, {"username": "sea0001"})
    url = call(demo["base_url"], "/external/launchGame", key, body)["result"]["url"]
    asked = urllib.request.Request(url, headers={"Accept": "application/json"})
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)


def play_seamless(demo: dict[str, Any]) -> str:
    """Play a settled round there; answers the balance after it."""
    begun = begin_seamless(demo)
    assert begun["state"]["balance"] == "1000"
    path, secret = f"/play/{begun['session']}", begun["secret"]
    call(demo["base_url"], f"{path}/seed", secret, {"clientSeed": "a-browser"})
    act = {"key": "key-00000001", "action": "spin", "bet": "1"}
    state = call(demo["base_url"], f"{path}/act", secret, act)
    assert state["round"]["paid"] is True
    return state["balance"]


def check_calls(demo: dict[str, Any]) -> None:
    """The keys work, all five kinds of sessions run, and the agent has its billion."""
    groups = {pc["member_group_id"] for pc in cafe(demo, "/pcList") if pc["member_account"]}
    assert groups >= {-2, -3, -4, -5}  # prepaid, postpaid, offer, free
    assert max(groups) >= 0  # members
    transfer, seamless, branch = demo["agents"]
    below = call(demo["base_url"], "/external/agent", branch["api_key"], {})["result"]
    assert below["parentAgentId"] == transfer["agent_id"]
    assert [float(wallet["balance"]) for wallet in below["wallets"]] == [2_000_000_000.0] * 3
    assert below["terms"] == [
        {
            "providerId": "house",
            "share": "0.4615",
            "commission": "0.00125",
            "contribution": "0.0033",
        }
    ]
    for currency in transfer["currencies"]:
        move = {"username": "player0001", "amount": "1", "currency": currency}
        told = call(demo["base_url"], "/external/deposit", transfer["api_key"], move)
        assert told["ok"], told
        assert int(told["result"]["agent"]["beforeBalance"].split(".")[0]) >= 1_000_000_000
    told = call(demo["base_url"], "/external/deposit", seamless["api_key"], move)
    assert told["error"]["code"] == "AGENT_INVALID_TYPE"


def marks_of(server: Server) -> int:
    """How many steps of the demo are committed; 0 as long as there are no tables."""
    url = sa.make_url(server.database_url or f"sqlite:///{server.data_dir / 'lanhouse.db'}")
    if server.database_url:
        url = url.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            query = sa.select(sa.func.count()).where(answers.c.key.like("demo:%"))
            return connection.scalar(query) or 0
    except sa.exc.DBAPIError:
        return 0
    finally:
        engine.dispose()


def test_a_demo_that_was_killed_while_it_was_filled_is_finished_by_the_next_start(
    server: Server,
) -> None:
    """Killed twice: wherever the process was, the next start goes on behind the last mark."""
    for marks in sorted(random.Random(SEED).sample(range(1, 15), 2)):
        process = server.begin()
        while marks_of(server) < marks:
            assert process.poll() is None
            time.sleep(0.005)
        server.kill()
        assert not (server.data_dir / "demo.json").exists()

    server.start()
    demo = server.demo()
    check_calls(demo)
    assert len(demo["pcs"]) == 30
    assert [key["member_account"] for key in demo["members"]] == list(HANDED_OUT)
    assert cafe(demo, "/members?limit=1")["paging_info"]["total_records"] == 60
    server.stop()
    server.verify_ledger()


def test_a_fresh_directory_on_a_filled_database_gets_new_keys(
    server: Server, tmp_path: Path
) -> None:
    server.start()
    old = server.demo()
    server.stop()
    fresh = Server(tmp_path / "fresh", database_url=server.database_url)
    if not server.database_url:
        fresh.data_dir.mkdir()
        for path in server.data_dir.glob("lanhouse.db*"):
            path.rename(fresh.data_dir / path.name)
    fresh.start()
    new = fresh.demo()
    try:
        assert new["cafe"]["api_key"] != old["cafe"]["api_key"]
        assert [member["member_id"] for member in new["members"]] == [
            member["member_id"] for member in old["members"]
        ]
        assert {person["password"] for person in new["staff"]}.isdisjoint(
            {person["password"] for person in old["staff"]}
        )
        assert [agent["agent_id"] for agent in new["agents"]] == [
            agent["agent_id"] for agent in old["agents"]
        ]
        check_calls(new)
        base, prefix = new["base_url"], "/api/v2/cafe/7777"
        told = call(base, f"{prefix}/pcList", old["cafe"]["api_key"])
        assert told == {"code": 401, "message": "Unauthenticated."}
        with pytest.raises(urllib.error.HTTPError) as refused:
            call(base, "/external/games", old["agents"][0]["api_key"], {})
        assert refused.value.code == 401
        refused.value.close()
    finally:
        fresh.stop()


def test_a_new_api_key_changes_no_other_secret_at_the_next_start(data_dir: Path) -> None:
    server = Server(data_dir)
    server.start()
    old = server.demo()
    cafe(old, "/configs/action/generateApiKey", {"api_key_ips": "127.0.0.1"})
    server.stop()
    server.start()
    new = server.demo()

    assert new["cafe"]["api_key"] != old["cafe"]["api_key"]
    assert cafe(new, "/pcGroups")
    for kind in ("staff", "members", "pcs", "agents"):
        assert new[kind] == old[kind]
    assert call(new["base_url"], "/external/games", old["agents"][0]["api_key"], {})["ok"]
    server.stop()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_examples_of_the_readme_work(data_dir: Path) -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text()
    script = readme.split("## Try it")[1].split("```sh\n")[1].split("```")[0]
    server = Server(data_dir)
    server.start()
    script = (
        script.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
        .replace("var/demo.json", str(server.data_dir / "demo.json"))
        .replace(".venv/bin/python", sys.executable)
    )
    done = subprocess.run(
        ["bash", "-euc", script], capture_output=True, text=True, check=False, timeout=60
    )
    server.stop()

    assert done.returncode == 0, done.stderr
    assert done.stdout.count('"code":200') == 5
    assert done.stdout.count('"ok":true') == 2
    assert '"code":4' not in done.stdout


def test_stop_waits_for_nobody(data_dir: Path) -> None:
    """An idle connection and one that has sent half a request do not hold the end up."""
    server = Server(data_dir)
    server.start()
    with (
        socket.create_connection(("127.0.0.1", server.port)) as idle,
        socket.create_connection(("127.0.0.1", server.port)) as half,
    ):
        idle.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        idle.recv(1000)
        half.sendall(b"POST /external/deposit HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        time.sleep(0.2)
        assert server.stop() < 5


def test_a_second_server_on_the_same_directory_is_refused(data_dir: Path) -> None:
    server = Server(data_dir)
    server.start()
    second = Server(data_dir)
    with pytest.raises(ServerFailed, match="A server is running on"):
        second.start()
    server.stop()


def test_time_runs_faster_and_never_back(data_dir: Path) -> None:
    server = Server(data_dir, options=("--time-scale", "3600"))
    server.start()
    first = played_seconds(server)
    time.sleep(2.5)
    second = played_seconds(server)
    server.kill()
    plain = Server(data_dir)
    plain.start()
    third = played_seconds(plain)
    plain.stop()

    assert second - first > 3600
    assert third >= second


def played_seconds(server: Server) -> int:
    """How long the free session has run, by the centre's clock."""
    row = next(pc for pc in cafe(server.demo(), "/pcList") if pc["pc_name"] == "VIP03")
    hours, minutes, seconds = map(int, row["status_connect_time_duration"].split(":"))
    return hours * 3600 + minutes * 60 + seconds
