"""launchGame and the game page: from the one-time address to rounds, seeds and verification."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from lanhouse.aggregator.agents.commands import set_agent_active, set_frame_origins
from lanhouse.aggregator.agents.schemas import ActivateAgent, FrameAgent
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.players.commands import set_player_active
from lanhouse.aggregator.players.schemas import ActivatePlayer
from lanhouse.aggregator.providers.house import fair
from lanhouse.aggregator.providers.house.commands.seeds import opened_seed
from lanhouse.aggregator.providers.house.games.catalogue import GAMES
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT
from lanhouse.aggregator.providers.house.tables import house_seeds
from lanhouse.kit import clock
from lanhouse.ledger.tables import answers
from tests.builders.agents import External, Operator, open_operator
from tests.builders.play import HTML, launch, launch_body, open_page, start_of
from tests.builders.secrets import VAULT
from tests.builders.small_json import CLIENT_SEED, JsonPlayer, begin, open_game

BET = 1_000_000


@pytest.fixture
def player(external: External) -> str:
    external.ok("createPlayer", {"username": "player0001"})
    external.ok("deposit", {"username": "player0001", "amount": "100", "currency": "EUR"})
    return "player0001"


@pytest.fixture
def game(external: External, player: str) -> JsonPlayer:
    return open_game(external, player)


def balance(external: External, username: str, currency: str = "EUR") -> str:
    asked = {"username": username, "currency": currency}
    return external.ok("getPlayerBalance", asked)["balance"]


class TestLaunch:
    def test_documented_example(self, external: External, player: str) -> None:
        result = external.ok("launchGame", launch_body(player, lang="th"))
        assert set(result) == {"type", "url", "sessionId", "expiresAt"}
        assert result["type"] == "url"
        assert result["url"].startswith("http://testserver/play/launch/lht_")

    def test_the_address_works_once(self, external: External, player: str) -> None:
        path = launch(external, player)
        first = external.client.raw("GET", path, key="", headers=HTML)
        assert first.status_code == 200
        assert re.fullmatch(r"[0-9a-f]{32}", start_of(first.text)["session"])
        second = external.client.raw("GET", path, key="", headers=HTML)
        assert second.status_code == 401
        assert "data-start" not in second.text

    def test_a_repeated_launch_answers_the_same_address_and_the_database_has_it_not(
        self, external: External, operator: Operator, player: str, tmp_path: Path
    ) -> None:
        keyed = {"headers": {"Idempotency-Key": "launch-1"}}
        first = external.ok("launchGame", launch_body(player), **keyed)
        assert external.ok("launchGame", launch_body(player), **keyed) == first
        token = first["url"].rpartition("/")[2]
        assert token.startswith("lht_")
        stored = operator.store.read_sync(lambda read: read.all(sa.select(answers.c.answer)))
        assert sum(b"no longer shown" in row.answer for row in stored) == 2
        files = {path.name: path.read_bytes() for path in tmp_path.glob("lanhouse.db*")}
        assert first["sessionId"].encode() in b"".join(files.values())
        assert [name for name, data in files.items() if token.encode() in data] == []

    def test_looking_ahead_does_not_use_the_address_up(
        self, external: External, player: str
    ) -> None:
        path = launch(external, player)
        assert external.client.raw("HEAD", path, key="").content == b""
        ahead = external.client.raw("GET", path, key="", headers={"Sec-Purpose": "prefetch"})
        assert ahead.content == b""
        assert external.client.raw("GET", path, key="").status_code == 200

    def test_the_address_ends_after_a_minute(
        self, external: External, operator: Operator, player: str
    ) -> None:
        path = launch(external, player)
        past = clock.real_now() - timedelta(seconds=1)
        operator.store.run_sync(
            lambda tx, _: tx.run(game_sessions.update().values(token_ends_at=past)), None
        )
        assert external.client.raw("GET", path, key="").status_code == 401

    @pytest.mark.parametrize(
        ("change", "code", "field"),
        [
            ({"username": "nobody1"}, "PLAYER_NOT_FOUND", None),
            ({"gameId": "pg_00001"}, "GAME_NOT_FOUND", None),
            ({"currency": "USD"}, "CURRENCY_NOT_SUPPORTED", None),
            ({"username": None}, "INVALID_REQUEST", "username"),
            ({"isMobile": None}, "INVALID_REQUEST", "isMobile"),
            ({"isMobile": "maybe"}, "INVALID_REQUEST", "isMobile"),
            ({"gameId": None}, "INVALID_REQUEST", "gameId"),
            ({"lang": None}, "INVALID_REQUEST", "lang"),
            ({"playerIp": None}, "INVALID_REQUEST", "playerIp"),
            ({"playerIp": "300.1.1.1"}, "INVALID_REQUEST", "playerIp"),
            ({"currency": None}, "INVALID_REQUEST", "currency"),
            ({"lobbyUrl": "javascript:alert(1)"}, "INVALID_REQUEST", "lobbyUrl"),
            ({"cashierUrl": "ftp://x"}, "INVALID_REQUEST", "cashierUrl"),
        ],
    )
    def test_refusals(
        self, external: External, player: str, change: dict, code: str, field: str | None
    ) -> None:
        envelope = external.envelope("launchGame", {**launch_body(player), **change})
        assert envelope["error"]["code"] == code
        assert envelope["error"].get("field") == field

    def test_inactive_player(self, external: External, operator: Operator, player: str) -> None:
        off = ActivatePlayer(operator.agent.id, player, False)
        operator.store.run_sync(set_player_active, off)
        assert external.refused("launchGame", launch_body(player)) == (
            "PLAYER_INACTIVE",
            "player not active",
        )

    def test_provider_not_configured(self, external: External, operator: Operator) -> None:
        other = open_operator(operator.store, provider_ids=())
        external.ok("createPlayer", {"username": "other1"}, key=other.key)
        assert external.refused("launchGame", launch_body("other1"), key=other.key) == (
            "AGENT_PROVIDER_NOT_FOUND",
            "agent provider not found, provider is not configured for this agent",
        )

    def test_the_page_speaks_the_language_of_the_launch(
        self, external: External, player: str
    ) -> None:
        german = open_page(external, player, lang="de-AT").text
        assert '<html lang="de"' in german
        assert "96,00 %" in german
        assert "96.00" not in german
        assert start_of(german)["locale"].startswith("de")
        assert '<html lang="en"' in open_page(external, player, lang="th").text


class TestPage:
    @pytest.mark.parametrize("game_id", list(GAMES))
    def test_every_game_has_its_page(self, external: External, player: str, game_id: str) -> None:
        page = open_page(external, player, gameId=game_id).text
        game = GAMES[game_id]
        for text in (
            game.name, "Since you came", "Time here", "Limits of this game",
            f"Pays back {game.rtp_percent} %", "Rules and pay table", "Change my seed",
            game.rules_hash[:16], '<b class="test">test</b>',
        ):  # fmt: skip
            assert text in page, text
        assert 'aria-live="polite"' in page
        assert "style=" not in page
        assert "<style" not in page
        assert not re.search(r"<script(?![^>]*src=)", page)
        assert not re.search(r"\son[a-z]+=", page)
        start = start_of(page)
        assert (start["game"], start["currency"], start["isTest"]) == (game_id, "EUR", True)
        assert start["secret"].startswith("lhp_")

    def test_strict_policy_no_store_and_no_cookie(self, external: External, player: str) -> None:
        answer = open_page(external, player)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers

    def test_a_reload_gets_the_page_without_the_secret_or_the_operators_addresses(
        self, external: External, player: str
    ) -> None:
        links = {"lobbyUrl": "https://op.example/l?a=1&b=2", "cashierUrl": "https://op.example/c"}
        first = open_page(external, player, **links).text
        start = start_of(first)
        assert 'href="https://op.example/l?a=1&amp;b=2"' in first
        assert 'href="https://op.example/c"' in first
        again = external.client.raw("GET", f"/play/{start['session']}", headers=HTML, key="")
        assert again.status_code == 200
        assert again.headers["cache-control"] == "no-store"
        assert "op.example" not in again.text
        assert start["secret"] not in again.text
        kept = {"secret": "", "lobbyUrl": "", "cashierUrl": ""}
        now = start_of(again.text)
        assert {**now, "nowMillis": 0} == {**start, **kept, "nowMillis": 0}

    def test_there_is_no_page_of_a_session_that_nobody_began(
        self, external: External, player: str
    ) -> None:
        body = launch_body(player)
        code = external.ok("launchGame", body)["sessionId"]
        for session in (code, "0" * 32, "rounds"):
            answer = external.client.raw("GET", f"/play/{session}", headers=HTML, key="")
            assert answer.status_code == 401

    def test_listed_origins_may_frame_it_and_nobody_else(
        self, external: External, operator: Operator, player: str
    ) -> None:
        listed = "https://casino.example,http://localhost:8080"
        operator.store.run_sync(set_frame_origins, FrameAgent(operator.agent.id, listed))
        answer = open_page(external, player)
        assert start_of(answer.text)["frameOrigins"] == listed.split(",")
        policy = answer.headers["content-security-policy"]
        assert policy.endswith("frame-ancestors https://casino.example http://localhost:8080")
        assert "default-src 'self'" in policy
        assert "x-frame-options" not in answer.headers
        operator.store.run_sync(set_frame_origins, FrameAgent(operator.agent.id, ""))
        policy = open_page(external, player).headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy

    def test_files_of_the_game(self, external: External, player: str) -> None:
        page = open_page(external, player).text
        found = set(re.findall(r'(?:src|href)="(/play/house/[^"]+)"', page))
        assert len(found) > 5
        for path in found:
            answer = external.client.raw("GET", path, key="")
            assert answer.status_code == 200, path
            assert "immutable" in answer.headers["cache-control"]
        for path in ("pages.py", "..%2fpages.py", "templates", "play.css.map", "game.js"):
            assert external.client.raw("GET", f"/play/house/{path}", key="").status_code == 404

    def test_a_page_with_a_secret_is_not_compressed_for_another_site(
        self, external: External, player: str
    ) -> None:
        path = launch(external, player)
        cross = {**HTML, "Accept-Encoding": "gzip", "Sec-Fetch-Site": "cross-site"}
        answer = external.client.raw("GET", path, headers=cross, key="")
        assert answer.status_code == 200
        assert "content-encoding" not in answer.headers


class TestSpin:
    def test_moves_the_wallet_by_bet_and_win(self, external: External, game: JsonPlayer) -> None:
        expected = 100 * BET
        for _ in range(12):
            answer = game.spin()
            expected += _win(external, answer) - BET
            assert Decimal(answer["balance"]) * BET == expected
        assert float(balance(external, "player0001")) == expected / BET

    @pytest.mark.parametrize(("currency", "bet"), [("JPY", "20"), ("KWD", "0.1")])
    def test_currencies_with_other_decimals(
        self, external: External, player: str, currency: str, bet: str
    ) -> None:
        external.ok("deposit", {"username": player, "amount": "1000", "currency": currency})
        game = open_game(external, player, currency)
        assert game.state["bets"]["steps"][0] == bet
        for _ in range(5):
            game.spin(bet)
        for record in _history(external):
            assert record["amount"]["playerCurrency"] == currency
            _check_chain(record)

    def test_a_switched_off_agents_players_cannot_bet(
        self, external: External, operator: Operator, game: JsonPlayer
    ) -> None:
        operator.store.run_sync(set_agent_active, ActivateAgent(operator.agent.id, False))
        assert game.refused("spin", bet="1") == (403, "AGENT_NOT_ACTIVE", None)
        operator.store.run_sync(set_agent_active, ActivateAgent(operator.agent.id, True))
        assert game.now()["balance"] == "100"
        assert game.spin()["fair"]["nonce"] == 1


class TestFairness:
    def test_seeds_are_committed_then_revealed_and_prove_every_round(
        self, external: External, game: JsonPlayer
    ) -> None:
        before = game.now()["fair"]
        rounds = [game.spin()["round"] for _ in range(4)]
        public = external.client.raw("GET", f"/play/rounds/{rounds[0]['id']}", key="").text
        assert 'data-server-seed=""' in public
        changed = game.seed("my own seed")
        assert changed["commitment"] == before["nextCommitment"]
        server_seed = changed["revealedSeed"]
        assert fair.commitment_of(server_seed) == before["commitment"]
        for nonce, spun in enumerate(rounds, start=1):
            stops = fair.draw(server_seed, CLIENT_SEED, nonce, (20,) * 5)
            assert list(stops) == spun["view"]["stops"]
            page = external.client.raw("GET", f"/play/rounds/{spun['id']}", key="").text
            assert f'data-server-seed="{server_seed}"' in page
            assert f'data-numbers="{" ".join(map(str, stops))}"' in page
            assert f"python verify_round.py house_00001 {server_seed}" in page

    def test_an_active_seed_is_nowhere(
        self, external: External, operator: Operator, player: str, game: JsonPlayer
    ) -> None:
        secrets = operator.store.read_sync(lambda read: read.all(house_seeds.select()))
        assert sorted(row.state for row in secrets) == ["active", "next"]
        spun = game.spin()
        public = external.client.raw("GET", f"/play/rounds/{spun['round']['id']}", key="").text
        everything = open_page(external, player).text + str(spun) + public
        for row in secrets:
            assert row.server_seed == ""
            assert opened_seed(row, VAULT) not in everything

    def test_an_active_seed_is_not_in_the_database_in_the_clear(
        self, operator: Operator, game: JsonPlayer, tmp_path: Path
    ) -> None:
        game.spin()
        rows = operator.store.read_sync(lambda read: read.all(house_seeds.select()))
        files = b"".join(path.read_bytes() for path in tmp_path.glob("lanhouse.db*"))
        assert all(row.commitment.encode() in files for row in rows)
        assert not any(opened_seed(row, VAULT).encode() in files for row in rows)


class TestRoundPage:
    def test_it_may_be_framed_and_needs_no_sign_in(
        self, external: External, game: JsonPlayer
    ) -> None:
        path = f"/play/rounds/{game.spin()['round']['id']}"
        answer = external.client.raw("GET", path, key="")
        assert answer.status_code == 200
        assert "frame-ancestors *" in answer.headers["content-security-policy"]
        assert "x-frame-options" not in answer.headers
        assert NIGHT_SHIFT.pay_table_hash in answer.text
        missing = external.client.raw("GET", "/play/rounds/" + "0" * 32, key="")
        assert missing.status_code == 404

    def test_an_open_round_tells_no_number(self, external: External, player: str) -> None:
        game = begin(external, player, "house_00006")
        game.seed()
        dealt = (game.act("deal", bet="1") for _ in range(20))
        state = next(state for state in dealt if not state["round"]["done"])
        hole = external.client.raw("GET", f"/play/rounds/{state['round']['id']}", key="").text
        assert "This round is not over yet." in hole
        assert "data-numbers" not in hole
        assert start_of(hole)["view"] is None
        done = game.act("stand")["round"]
        page = external.client.raw("GET", f"/play/rounds/{done['id']}", key="").text
        assert start_of(page)["view"] == done["view"]
        assert 'data-moves="stand"' in page


def _history(external: External, **more: object) -> list[dict]:
    result = external.ok("history", {"username": "player0001", **more})
    return result["currencyGroup"].get("EUR", {"items": []})["items"]


def _win(external: External, answer: dict) -> int:
    newest = _history(external)[0]
    assert newest["txType"] == {"id": 2, "label": "Settle", "flag": ""}
    assert newest["roundId"] == answer["round"]["id"]
    whole, _, rest = newest["amount"]["amount"]["playerAmount"].partition(".")
    return int(whole) * BET + int(rest.ljust(6, "0"))


def _check_chain(record: dict) -> None:
    moved = Decimal(record["amount"]["amount"]["playerAmount"])
    before, after = record["walletBeforeBalance"], record["walletAfterBalance"]
    assert Decimal(before) + moved == Decimal(after)
