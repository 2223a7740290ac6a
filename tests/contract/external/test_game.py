"""launchGame and the game page: from the one-time address to spins, seeds and verification."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from lanhouse.aggregator.agents.commands import set_agent_active
from lanhouse.aggregator.agents.schemas import ActivateAgent
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.players.commands import set_player_active
from lanhouse.aggregator.players.schemas import ActivatePlayer
from lanhouse.aggregator.providers.house import fair
from lanhouse.aggregator.providers.house.commands.seeds import opened_seed
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, evaluate
from lanhouse.aggregator.providers.house.tables import house_seeds
from lanhouse.kit import clock
from lanhouse.ledger.tables import answers
from tests.builders.agents import External, Operator, open_operator
from tests.builders.play import Player, launch, launch_body, open_game
from tests.builders.secrets import VAULT

BET = 1_000_000


@pytest.fixture
def player(external: External) -> str:
    external.ok("createPlayer", {"username": "player0001"})
    external.ok("deposit", {"username": "player0001", "amount": "100", "currency": "EUR"})
    return "player0001"


@pytest.fixture
def game(external: External, player: str) -> Player:
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
        first = external.client.raw("GET", path, key="")
        assert first.status_code == 303
        assert re.fullmatch(r"/play/[0-9a-f]{32}", first.headers["location"])
        assert "HttpOnly" in first.headers["set-cookie"]
        second = external.client.raw("GET", path, key="", headers={"Accept": "text/html"})
        assert second.status_code == 401
        assert "set-cookie" not in second.headers

    def test_a_repeated_launch_answers_the_same_address_and_the_database_has_it_not(
        self, external: External, operator: Operator, player: str, tmp_path: Path
    ) -> None:
        keyed = {"headers": {"Idempotency-Key": "launch-1"}}
        first = external.ok("launchGame", launch_body(player), **keyed)
        assert external.ok("launchGame", launch_body(player), **keyed) == first
        token = first["url"].rpartition("/")[2]
        assert token.startswith("lht_")
        stored = operator.store.read_sync(lambda read: read.scalar(sa.select(answers.c.answer)))
        assert b"/play/launch/no longer shown" in stored
        files = {path.name: path.read_bytes() for path in tmp_path.glob("lanhouse.db*")}
        assert first["sessionId"].encode() in b"".join(files.values())
        assert [name for name, data in files.items() if token.encode() in data] == []

    def test_looking_ahead_does_not_use_the_address_up(
        self, external: External, player: str
    ) -> None:
        path = launch(external, player)
        assert "set-cookie" not in external.client.raw("HEAD", path, key="").headers
        ahead = external.client.raw("GET", path, key="", headers={"Sec-Purpose": "prefetch"})
        assert "set-cookie" not in ahead.headers
        assert external.client.raw("GET", path, key="").status_code == 303

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

    def test_lobby_and_cashier_addresses_are_on_the_page(
        self, external: External, player: str
    ) -> None:
        game = open_game(
            external,
            player,
            lobbyUrl="https://op.example/lobby?a=1&b=2",
            cashierUrl="https://op.example/cashier",
        )
        page = game.load()
        assert 'href="https://op.example/lobby?a=1&amp;b=2"' in page
        assert 'href="https://op.example/cashier"' in page

    def test_the_page_speaks_the_language_of_the_launch(
        self, external: External, player: str
    ) -> None:
        german = open_game(external, player, lang="de-AT").load()
        assert '<html lang="de"' in german
        assert "96,00 %" in german
        assert "338,75" in german
        assert "96.00" not in german
        assert '<html lang="en"' in open_game(external, player, lang="th").load()


class TestPage:
    def test_shows_what_a_player_must_see(self, game: Player) -> None:
        page = game.load()
        for text in (
            "€100.00", "€0.00", "Since you came", "Time here", "€0.20 to €20.00 a spin",
            "Pays back 96.00 %", "Rules and pay table", "Change my seed", "338.75 times the bet",
        ):  # fmt: skip
            assert text in page, text
        assert 'aria-live="polite"' in page
        assert "style=" not in page
        assert "<style" not in page
        assert not re.search(r"<script(?![^>]*src=)", page)
        assert not re.search(r"\son[a-z]+=", page)

    def test_strict_policy_and_no_store(self, game: Player) -> None:
        answer = game.get()
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"

    def test_without_the_cookie_there_is_no_game(self, external: External, game: Player) -> None:
        for cookie in ("", "lanhouse_play_x=y", game.cookie[:-1] + "x"):
            stranger = Player(external.client, game.path, cookie)
            assert stranger.get().status_code == 401
            spun = stranger.post("/spin", {"key": "stranger-1", "betMicros": BET})
            assert spun.status_code == 401
            assert spun.json()["error"]["code"] == "SESSION_EXPIRED"
        assert balance(external, "player0001") == "100"

    def test_one_players_cookie_does_not_open_anothers_game(
        self, external: External, game: Player
    ) -> None:
        external.ok("createPlayer", {"username": "second1"})
        other = open_game(external, "second1")
        mixed = Player(external.client, other.path, game.cookie, csrf=game.csrf)
        assert mixed.post("/spin", {"key": "mixed-key", "betMicros": BET}).status_code == 401

    def test_files_of_the_game(self, external: External, game: Player) -> None:
        page = game.load()
        for found in set(re.findall(r'(?:src|href)="(/play/house/[^"]+)"', page)):
            answer = external.client.raw("GET", found, key="")
            assert answer.status_code == 200, found
            assert "immutable" in answer.headers["cache-control"]
        for path in ("pages.py", "..%2fpages.py", "templates", "game.css.map"):
            assert external.client.raw("GET", f"/play/house/{path}", key="").status_code == 404

    def test_session_ends(self, operator: Operator, game: Player) -> None:
        past = clock.real_now() - timedelta(seconds=1)
        operator.store.run_sync(
            lambda tx, _: tx.run(game_sessions.update().values(ends_at=past)), None
        )
        assert game.get().status_code == 401


class TestSpin:
    def test_moves_the_wallet_by_bet_and_win(self, external: External, game: Player) -> None:
        expected = 100 * BET
        for _ in range(12):
            answer = game.spin(BET)
            expected += _win(external, answer) - BET
            assert answer["balance"] == f"€{expected / BET:,.2f}"
        assert float(balance(external, "player0001")) == expected / BET
        assert game.load().count("€100.00") == (1 if expected == 100 * BET else 0)

    def test_same_key_is_one_round(self, external: External, game: Player) -> None:
        first = game.spin(BET, key="press-0001")
        again = game.spin(BET, key="press-0001")
        assert again == first
        assert game.get("/spins/press-0001", "application/json").json() == first
        assert len(_history(external)) == 2

    def test_same_key_with_another_bet_is_refused(self, external: External, game: Player) -> None:
        game.spin(BET, key="press-0001")
        answer = game.post("/spin", {"key": "press-0001", "betMicros": 2 * BET})
        assert answer.status_code == 409
        assert len(_history(external)) == 2

    def test_a_spin_that_never_reached_us(self, game: Player) -> None:
        assert game.get("/spins/press-0009", "application/json").status_code == 404

    @pytest.mark.parametrize("bet", [0, -1_000_000, 1, 210_000, 40_000_000, 10**30, "x", None])
    def test_bets_that_are_not_allowed(self, external: External, game: Player, bet: object) -> None:
        answer = game.post("/spin", {"key": "press-0001", "betMicros": bet})
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"]["message"].startswith("betMicros: ")
        assert balance(external, "player0001") == "100"
        assert _history(external) == []

    def test_key_must_be_well_formed(self, external: External, game: Player) -> None:
        for key in ("", "short", "x" * 65, "a b c d e f"):
            assert game.post("/spin", {"key": key, "betMicros": BET}).status_code == 400
        assert _history(external) == []

    def test_a_bet_above_the_balance(self, external: External, game: Player) -> None:
        external.ok("withdraw", {"username": "player0001", "amount": "99.5", "currency": "EUR"})
        answer = game.post("/spin", {"key": "press-0001", "betMicros": BET})
        assert answer.status_code == 402
        assert answer.json()["error"]["code"] == "INSUFFICIENT_CREDIT"
        assert balance(external, "player0001") == "0.5"
        assert _history(external) == []
        assert game.load().count("Nothing played yet") == 1

    def test_standing_follows_money_that_moves_without_a_spin(
        self, external: External, game: Player
    ) -> None:
        external.ok("withdraw", {"username": "player0001", "amount": "99.5", "currency": "EUR"})
        now = game.get("/standing", "application/json").json()
        assert (now["balance"], now["net"]) == ("€0.50", "€0.00")

    def test_forged_posts_are_refused(
        self, external: External, operator: Operator, game: Player
    ) -> None:
        body = {"key": "press-0001", "betMicros": BET}
        kept = sa.select(game_sessions.c.csrf)
        token = operator.store.read_sync(lambda read: read.scalar(kept))
        for given in ("", "wrong", token):
            assert game.post("/spin", body, **{"X-CSRF-Token": given}).status_code == 403
        assert game.post("/spin", body, Origin="https://evil.example").status_code == 403
        assert game.post("/spin", body, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert _history(external) == []

    def test_each_page_shows_another_mask_and_all_of_them_count(self, game: Player) -> None:
        masks = [game.csrf]
        for _ in range(2):
            game.load()
            masks.append(game.csrf)
        assert len(set(masks)) == 3
        for number, mask in enumerate(masks):
            body = {"key": f"press-000{number}", "betMicros": BET}
            assert game.post("/spin", body, **{"X-CSRF-Token": mask}).status_code == 200

    def test_the_page_comes_compressed_and_its_launch_does_not(
        self, external: External, player: str
    ) -> None:
        answer = external.client.raw("GET", launch(external, player), key="")
        assert (answer.status_code, answer.content) == (303, b"")
        assert "content-encoding" not in answer.headers
        game = open_game(external, player)
        assert game.get().headers["content-encoding"] == "gzip"
        assert "content-encoding" not in game.get("/standing", "application/json").headers

    def test_inactive_player_cannot_bet(
        self, external: External, operator: Operator, game: Player
    ) -> None:
        off = ActivatePlayer(operator.agent.id, "player0001", False)
        operator.store.run_sync(set_player_active, off)
        answer = game.post("/spin", {"key": "press-0001", "betMicros": BET})
        assert answer.json()["error"]["code"] == "PLAYER_INACTIVE"
        assert balance(external, "player0001") == "100"

    def test_a_switched_off_agents_players_cannot_bet(
        self, external: External, operator: Operator, game: Player
    ) -> None:
        operator.store.run_sync(set_agent_active, ActivateAgent(operator.agent.id, False))
        answer = game.post("/spin", {"key": "press-0001", "betMicros": BET})
        assert answer.json()["error"]["code"] == "AGENT_NOT_ACTIVE"
        assert "AGENT_NOT_ACTIVE" in game.state["words"]
        operator.store.run_sync(set_agent_active, ActivateAgent(operator.agent.id, True))
        assert game.get("/standing", "application/json").json()["balance"] == "€100.00"
        assert game.spin(BET)["spin"]["nonce"] == 1

    @pytest.mark.parametrize(("currency", "bet"), [("JPY", 20_000_000), ("KWD", 100_000)])
    def test_currencies_with_other_decimals(
        self, external: External, player: str, currency: str, bet: int
    ) -> None:
        external.ok("deposit", {"username": player, "amount": "1000", "currency": currency})
        game = open_game(external, player, currency)
        for _ in range(5):
            game.spin(bet)
        for record in _history(external):
            assert record["amount"]["playerCurrency"] == currency
            _check_chain(record)
        assert game.state["bets"][0]["micros"] == bet

    def test_after_a_reload_the_last_round_is_shown(self, game: Player) -> None:
        shown = game.spin(BET)["spin"]
        game.load()
        assert game.state["spin"] == shown

    def test_a_win_smaller_than_the_bet_says_what_it_is(self, game: Player) -> None:
        for _ in range(60):
            spin = game.spin(200_000)["spin"]
            if spin["cells"] and not spin["isWin"]:
                break
        assert re.search(r"^bet was €0\.20, so this round (−€0\.\d\d|€0\.00)$", spin["note"])


class TestFairness:
    def test_seeds_are_committed_then_revealed_and_prove_every_round(
        self, external: External, game: Player
    ) -> None:
        page = game.load()
        commitment = re.search(r'id="seed-now">([0-9a-f]{64})<', page)[1]
        following = re.search(r'id="seed-next">([0-9a-f]{64})<', page)[1]
        client_seed = re.search(r'id="seed-mine">([^<]+)<', page)[1]
        spins = [game.spin(BET)["spin"] for _ in range(4)]
        assert [spin["nonce"] for spin in spins] == [1, 2, 3, 4]
        public = external.client.raw("GET", spins[0]["roundUrl"], key="").text
        assert 'data-server-seed=""' in public
        changed = game.post("/client-seed", {"clientSeed": "my own seed"}).json()
        assert changed["revealedCommitment"] == commitment
        assert changed["commitment"] == following
        assert changed["clientSeed"] == "my own seed"
        assert changed["lastNonce"] == 0
        server_seed = changed["revealedSeed"]
        assert fair.commitment_of(server_seed) == commitment
        for spin in spins:
            stops = fair.draw(server_seed, client_seed, spin["nonce"], (20,) * 5)
            shown = evaluate(NIGHT_SHIFT, stops, 1).window
            assert [list(row) for row in shown] == spin["window"]
        public = external.client.raw("GET", spins[0]["roundUrl"], key="").text
        assert f'data-server-seed="{server_seed}"' in public
        assert game.spin(BET)["spin"]["nonce"] == 1

    def test_an_active_seed_is_nowhere(self, operator: Operator, game: Player) -> None:
        secrets = operator.store.read_sync(lambda read: read.all(house_seeds.select()))
        assert sorted(row.state for row in secrets) == ["active", "next"]
        everything = game.load() + str(game.spin(BET))
        for row in secrets:
            assert row.server_seed == ""
            assert opened_seed(row, VAULT) not in everything

    def test_an_active_seed_is_not_in_the_database_in_the_clear(
        self, operator: Operator, game: Player, tmp_path: Path
    ) -> None:
        game.spin(BET)
        rows = operator.store.read_sync(lambda read: read.all(house_seeds.select()))
        files = b"".join(path.read_bytes() for path in tmp_path.glob("lanhouse.db*"))
        assert all(row.commitment.encode() in files for row in rows)
        assert not any(opened_seed(row, VAULT).encode() in files for row in rows)

    def test_a_tab_learns_of_a_seed_that_another_tab_changed(
        self, external: External, player: str, game: Player
    ) -> None:
        other_tab = open_game(external, player)
        changed = other_tab.post("/client-seed", {"clientSeed": "other tab"}).json()
        spin = game.spin(BET)["spin"]
        assert spin["commitment"] == changed["commitment"]
        now = game.get("/standing", "application/json").json()
        assert now["seeds"] == {**changed, "lastNonce": 1}

    def test_every_change_of_seeds_brings_another_client_seed(self, game: Player) -> None:
        game.spin(BET)
        before = game.post("/client-seed", {"clientSeed": "keep me"}).json()
        for body in ({"clientSeed": "keep me"}, {}, {"clientSeed": None}):
            answer = game.post("/client-seed", body)
            assert answer.status_code == 400
            assert answer.json()["error"]["field"] == "clientSeed"
        assert game.get("/standing", "application/json").json()["seeds"] == before

    @pytest.mark.parametrize("seed", ["a:1", "x" * 65, "<b>", "é"])
    def test_client_seeds_that_are_none(self, game: Player, seed: str) -> None:
        before = game.load()
        answer = game.post("/client-seed", {"clientSeed": seed})
        assert answer.status_code == 400
        assert answer.json()["error"]["message"].startswith("clientSeed: ")
        commitment = re.search(r'id="seed-now">([0-9a-f]{64})<', before)[1]
        assert commitment in game.load()

    def test_the_round_page_may_be_framed_and_needs_no_sign_in(
        self, external: External, game: Player
    ) -> None:
        url = game.spin(BET)["spin"]["roundUrl"]
        answer = external.client.raw("GET", url, key="")
        assert answer.status_code == 200
        assert "frame-ancestors *" in answer.headers["content-security-policy"]
        assert "x-frame-options" not in answer.headers
        assert NIGHT_SHIFT.pay_table_hash in answer.text
        missing = external.client.raw("GET", "/play/rounds/" + "0" * 32, key="")
        assert missing.status_code == 404


def _history(external: External, **more: object) -> list[dict]:
    result = external.ok("history", {"username": "player0001", **more})
    return result["currencyGroup"].get("EUR", {"items": []})["items"]


def _win(external: External, answer: dict) -> int:
    newest = _history(external)[0]
    assert newest["txType"] == {"id": 2, "label": "Settle", "flag": ""}
    assert newest["roundId"] == answer["spin"]["roundUrl"].rpartition("/")[2]
    whole, _, rest = newest["amount"]["amount"]["playerAmount"].partition(".")
    return int(whole) * BET + int(rest.ljust(6, "0"))


def _check_chain(record: dict) -> None:
    from decimal import Decimal

    moved = Decimal(record["amount"]["amount"]["playerAmount"])
    before, after = record["walletBeforeBalance"], record["walletAfterBalance"]
    assert Decimal(before) + moved == Decimal(after)
