"""history, gameLogs, games, providers."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.rounds.tables import game_transactions
from lanhouse.kit import clock
from tests.builders.agents import External, Operator, open_operator
from tests.builders.play import Player, open_game

WIRE_ID = re.compile(r"[0-9a-f]{32}")
ITEM = {
    "id", "provider", "userInGame", "game", "roundId", "walletTxId", "providerTxId", "txType",
    "amount", "walletBeforeBalance", "walletAfterBalance", "receivedAt",
}  # fmt: skip


@pytest.fixture
def player(external: External) -> str:
    external.ok("createPlayer", {"username": "player0001"})
    for currency, amount in (("EUR", "100"), ("JPY", "9000"), ("KWD", "100")):
        body = {"username": "player0001", "amount": amount, "currency": currency}
        external.ok("deposit", body)
    return "player0001"


@pytest.fixture
def game(external: External, player: str) -> Player:
    return open_game(external, player)


def items(external: External, **filters: object) -> list[dict]:
    groups = external.ok("history", filters)["currencyGroup"]
    assert set(groups) <= {"EUR"}
    return groups.get("EUR", {"items": []})["items"]


class TestHistory:
    def test_documented_shape(
        self, external: External, operator: Operator, game: Player, player: str
    ) -> None:
        game.spin()
        result = external.ok(
            "history",
            {
                "username": player,
                "gameId": "",
                "roundId": "",
                "from": None,
                "to": None,
                "paginate": {"page": 1, "perPage": 2},
            },
        )
        assert set(result) == {"currencyGroup", "paginate", "test"}
        assert result["paginate"] == {"page": 1, "perPage": 2, "next": False}
        settle, bet = result["currencyGroup"]["EUR"]["items"]
        assert set(settle) == set(bet) == ITEM
        assert bet["provider"] == {"id": "house", "name": "House"}
        assert bet["game"] == {"gameId": "house_00001", "name": "Night Shift", "category": "slot"}
        code = bet["userInGame"]["playerId"]
        assert re.fullmatch(operator.agent.prefix + "[a-z0-9]{11}", code)
        assert bet["userInGame"] == {
            "userInGame": f"{code}-EUR",
            "playerId": code,
            "agentId": operator.agent.id,
            "agentPrefix": operator.agent.prefix,
            "currency": "EUR",
            "username": player,
        }
        assert bet["txType"] == {"id": 1, "label": "Bet", "flag": ""}
        assert settle["txType"] == {"id": 2, "label": "Settle", "flag": ""}
        assert bet["roundId"] == settle["roundId"]
        assert bet["providerTxId"] == settle["providerTxId"]
        assert bet["walletTxId"] != settle["walletTxId"]
        for record in (bet, settle):
            for name in ("id", "roundId", "walletTxId", "providerTxId"):
                assert WIRE_ID.fullmatch(record[name])
        assert bet["amount"] == {
            "playerCurrency": "EUR",
            "settleCurrency": "EUR",
            "playerToSettleRate": "1",
            "amount": {"providerAmount": "-1", "playerAmount": "-1", "settleAmount": "-1"},
        }
        assert (bet["walletBeforeBalance"], bet["walletAfterBalance"]) == ("100", "99")

    def test_records_chain_and_amounts_follow_the_rate(
        self, external: External, game: Player, player: str
    ) -> None:
        for _ in range(6):
            game.spin(200_000)
        yen = open_game(external, player, "JPY")
        for _ in range(3):
            yen.spin(20_000_000)
        records = items(external, username=player)
        assert len(records) == 18
        rates = {"EUR": Decimal(1), "JPY": Decimal("0.0061")}
        ends = {"EUR": Decimal(100), "JPY": Decimal(9000)}
        for record in reversed(records):
            amounts = record["amount"]["amount"]
            moved = Decimal(amounts["playerAmount"])
            currency = record["amount"]["playerCurrency"]
            assert Decimal(record["walletBeforeBalance"]) == ends[currency]
            ends[currency] += moved
            assert Decimal(record["walletAfterBalance"]) == ends[currency]
            assert amounts["providerAmount"] == amounts["playerAmount"]
            assert Decimal(amounts["settleAmount"]) == moved * rates[currency]
        for currency, end in ends.items():
            held = external.ok("getPlayerBalance", {"username": player, "currency": currency})
            assert Decimal(held["balance"]) == end

    def test_newest_first_and_paged_as_one_list(
        self, external: External, game: Player, player: str
    ) -> None:
        for _ in range(5):
            game.spin()
        whole = items(external, username=player)
        times = [record["receivedAt"] for record in whole]
        assert times == sorted(times, reverse=True)
        paged: list[dict] = []
        for page in (1, 2, 3, 4):
            result = external.ok(
                "history", {"username": player, "paginate": {"page": page, "perPage": 3}}
            )
            assert result["paginate"] == {"page": page, "perPage": 3, "next": page < 4}
            paged += result["currencyGroup"]["EUR"]["items"]
        assert paged == whole
        beyond = external.ok("history", {"paginate": {"page": 9, "perPage": 3}})
        assert beyond == {
            "currencyGroup": {},
            "paginate": {"page": 9, "perPage": 3, "next": False},
        }

    def test_texts_inside_objects_are_exact_too(self, external: External) -> None:
        for paginate, reason in (
            ({"after": " 1"}, "paginate.after: must not begin or end with spaces"),
            ({"after": 1}, "paginate.after: must be text"),
            ('{"after": " 1"}', "paginate: must be an object"),
        ):
            told = external.refused("history", {"paginate": paginate})
            assert told == ("INVALID_REQUEST", reason)
        assert external.ok("history", {"paginate": []})["currencyGroup"] == {}

    def test_a_cursor_is_not_shifted_by_new_records(
        self, external: External, operator: Operator, game: Player, player: str
    ) -> None:
        for _ in range(3):
            game.spin()
        whole = items(external)
        game.spin()
        after = {"paginate": {"perPage": 2, "after": whole[1]["id"]}}
        result = external.ok("history", after)
        assert result["currencyGroup"]["EUR"]["items"] == whole[2:4]
        assert result["paginate"] == {"page": 1, "perPage": 2, "next": True}
        after = {"paginate": {"perPage": 2, "after": whole[3]["id"]}}
        result = external.ok("history", after)
        assert result["currencyGroup"]["EUR"]["items"] == whole[4:]
        assert result["paginate"]["next"] is False
        other = open_operator(operator.store)
        for key, code in ((external.key, "0" * 32), (other.key, whole[0]["id"])):
            envelope = external.envelope("history", {"paginate": {"after": code}}, key=key)
            assert envelope["error"]["code"] == "INVALID_REQUEST"
            assert envelope["error"]["field"] == "paginate.after"

    def test_per_page_defaults_to_30_and_stops_at_1000(self, external: External) -> None:
        assert external.ok("history", {})["paginate"]["perPage"] == 30
        asked = {"paginate": {"page": 1, "perPage": 5000}}
        assert external.ok("history", asked)["paginate"]["perPage"] == 1000

    @pytest.mark.parametrize("paginate", [{"page": 0}, {"perPage": 0}, {"page": "x"}, "x"])
    def test_wrong_pages(self, external: External, paginate: object) -> None:
        envelope = external.envelope("history", {"paginate": paginate})
        assert envelope["error"]["code"] == "INVALID_REQUEST"
        assert envelope["error"]["field"].startswith("paginate")

    def test_filters(self, external: External, game: Player, player: str) -> None:
        external.ok("createPlayer", {"username": "second1"})
        external.ok("deposit", {"username": "second1", "amount": "5", "currency": "EUR"})
        first = game.spin()["spin"]["roundUrl"].rpartition("/")[2]
        game.spin()
        open_game(external, "second1").spin()
        assert len(items(external)) == 6
        assert len(items(external, username=player)) == 4
        assert len(items(external, username="second1")) == 2
        assert {record["roundId"] for record in items(external, roundId=first)} == {first}
        assert len(items(external, gameId="house_00001")) == 6
        assert items(external, gameId="house_00002") == []
        assert external.refused("history", {"username": "nobody1"}) == (
            "PLAYER_NOT_FOUND",
            "player not found",
        )

    def test_windows(
        self, external: External, operator: Operator, game: Player, player: str
    ) -> None:
        game.spin()
        now = clock.now()
        day = timedelta(days=1)
        old = now - 10 * day
        operator.store.run_sync(
            lambda tx, _: tx.run(game_transactions.update().values(received_at=old)), None
        )
        assert items(external) == []
        ago = (old - day).strftime("%Y-%m-%dt%H:%M:%S.123456789z")
        after = (old + day).isoformat()
        assert len(items(external, **{"from": ago, "to": after})) == 2
        assert len(items(external, **{"to": after})) == 2
        assert items(external, **{"from": after}) == []
        for asked, code in (
            ({"from": after, "to": ago}, "INVALID_REQUEST"),
            ({"from": after, "to": after}, "INVALID_REQUEST"),
            ({"from": "yesterday"}, "INVALID_REQUEST"),
            ({"from": "2024-08-20"}, "INVALID_REQUEST"),
            ({"from": "2024-13-20T00:00:00Z"}, "INVALID_REQUEST"),
            ({"from": "0001-01-01T00:00:00+14:00"}, "INVALID_REQUEST"),
            ({"to": "0001-01-01T00:00:00Z"}, "INVALID_REQUEST"),
            ({"from": (old - 40 * day).isoformat(), "to": after}, "DATE_RANGE_TOO_LARGE"),
            ({"from": (now - 32 * day).isoformat()}, "DATE_RANGE_TOO_LARGE"),
        ):
            assert external.refused("history", asked)[0] == code, asked
        for asked, reason in (
            ({"from": after, "to": ago}, "to: must be after from"),
            ({"from": "yesterday"}, "from: must be a date and time as in RFC 3339"),
            ({"to": "yesterday"}, "to: must be a date and time as in RFC 3339"),
            ({"to": "0001-01-01T00:00:00Z"}, "from: is out of range"),
        ):
            assert external.refused("history", asked) == ("INVALID_REQUEST", reason)

    def test_another_agents_records_are_unseen(
        self, external: External, operator: Operator, game: Player, player: str
    ) -> None:
        round_id = game.spin()["spin"]["roundUrl"].rpartition("/")[2]
        other = open_operator(operator.store)
        external.ok("createPlayer", {"username": player}, key=other.key)
        empty = external.ok("history", {"roundId": round_id}, key=other.key)
        assert empty["currencyGroup"] == {}
        logs = {"gameId": "house_00001", "username": player, "roundId": round_id}
        assert external.ok("gameLogs", logs, key=other.key)["result"]["logType"] == "nodata"


class TestGameLogs:
    def test_documented_shape(self, external: External, game: Player, player: str) -> None:
        spin = game.spin()["spin"]
        round_id = spin["roundUrl"].rpartition("/")[2]
        asked = {"gameId": "house_00001", "username": player, "roundId": round_id}
        result = external.ok("gameLogs", asked)
        assert set(result) == {
            "providerId", "gameType", "gameName", "roundId", "result", "transactions", "rows",
        }  # fmt: skip
        assert result["providerId"] == "house"
        assert result["gameType"] == "Slot"
        assert result["gameName"] == "Night Shift"
        assert result["roundId"] == round_id
        shown = result["result"]
        assert set(shown) == {"logType", "url", "gameName", "gameResult"}
        assert shown["logType"] == "iframe"
        assert shown["url"] == f"http://testserver/play/rounds/{round_id}"
        page = external.client.raw("GET", shown["url"].removeprefix("http://testserver"), key="")
        assert page.status_code == 200
        records = {record["txType"]["label"]: record for record in items(external)}
        assert [line["type"] for line in result["transactions"]] == ["Bet", "Settle"]
        for line in result["transactions"]:
            record = records[line["type"]]
            assert line == {
                "id": record["providerTxId"],
                "type": line["type"],
                "providerAmount": record["amount"]["amount"]["providerAmount"],
                "providerCurrency": "EUR",
                "playerAmount": record["amount"]["amount"]["playerAmount"],
                "playerCurrency": "EUR",
                "beforeBalance": record["walletBeforeBalance"],
                "afterBalance": record["walletAfterBalance"],
                "createdAt": record["receivedAt"],
            }
        rows = {row["key"]: row["value"] for row in result["rows"]}
        assert rows["nonce"] == "1"
        assert rows["server seed"] == "not revealed yet"
        assert rows["row 1"] == " ".join(spin["window"][0])

    def test_unknown_rounds_have_no_data(
        self, external: External, game: Player, player: str
    ) -> None:
        round_id = game.spin()["spin"]["roundUrl"].rpartition("/")[2]
        external.ok("createPlayer", {"username": "second1"})
        for username, round_code, window in (
            (player, "wwsnprklgu", {}),
            ("second1", round_id, {}),
            (player, round_id, {"from": "2020-01-01T00:00:00z", "to": "2020-01-02T00:00:00z"}),
        ):
            asked = {"gameId": "house_00001", "username": username, "roundId": round_code}
            result = external.ok("gameLogs", {**asked, **window})
            assert result["result"] == {
                "logType": "nodata",
                "url": "",
                "gameName": "Night Shift",
                "gameResult": "",
            }
            assert result["transactions"] == []
            assert "rows" not in result

    def test_refusals(self, external: External, player: str) -> None:
        asked = {"gameId": "house_00001", "username": player, "roundId": "x"}
        for change, code in (
            ({"username": "nobody1"}, "PLAYER_NOT_FOUND"),
            ({"gameId": "pg_00001"}, "GAME_NOT_FOUND"),
            ({"roundId": ""}, "INVALID_REQUEST"),
            ({"gameId": None}, "INVALID_REQUEST"),
            ({"username": None}, "INVALID_REQUEST"),
        ):
            assert external.refused("gameLogs", {**asked, **change})[0] == code


class TestGames:
    def test_documented_shape(self, external: External) -> None:
        result = external.ok("games", {})
        assert set(result) == {"items"}
        told = [
            (game["name"], game["category"]["id"], game["rtp"], game["hasFreeRound"])
            for game in result["items"]
        ]
        assert told == [
            ("Night Shift", "slot", "96.00", True),
            ("Lit Windows", "slot", "95.3096", True),
            ("Three Lamps", "slot", "95.2546", True),
            ("Roulette", "table", "97.2973", False),
            ("Baccarat", "table", "98.9421", False),
            ("Blackjack", "table", "99.4296", False),
            ("Sic Bo", "table", "97.2222", False),
            ("Harbour Light", "table", "96.00", False),
        ]
        assert [game["id"] for game in result["items"]] == [
            f"house_0000{number}" for number in range(1, 9)
        ]
        assert {game["category"]["label"] for game in result["items"]} == {"Slot", "Table"}
        game = result["items"][0]
        assert game == {
            "id": "house_00001",
            "name": "Night Shift",
            "logoUrl": "http://testserver/play/house/night-shift.svg",
            "category": {"id": "slot", "label": "Slot"},
            "hasFreeRound": True,
            "rtp": "96.00",
            "provider": {
                "id": "house",
                "name": "House",
                "restrictedCountries": [],
                "prohibitedCountries": [],
            },
            "activePlayers": 0,
            "hasDemo": False,
            "volatility": "medium",
            "maxMultiplier": "338.75",
            "features": ["wild", "scatter", "provably-fair"],
            "hasFreeChip": False,
            "betLimits": [
                {"id": "low", "label": "Low", "info": {"min": 0.2, "max": 5}, "isDefault": False},
                {
                    "id": "standard",
                    "label": "Standard",
                    "info": {"min": 0.2, "max": 20},
                    "isDefault": True,
                },
                {
                    "id": "high",
                    "label": "High",
                    "info": {"min": 0.2, "max": 100},
                    "isDefault": False,
                },
            ],
        }
        logos = {game["logoUrl"].removeprefix("http://testserver") for game in result["items"]}
        assert len(logos) == 8
        for path in logos:
            logo = external.client.raw("GET", path, key="")
            assert (logo.status_code, logo.headers["content-type"]) == (200, "image/svg+xml")

    @pytest.mark.parametrize(
        ("filters", "found"),
        [
            ({"query": "night"}, 1),
            ({"query": "HOUSE_0"}, 8),
            ({"query": "house_00001", "providerId": "house"}, 1),
            ({"query": "baccarat"}, 1),
            ({"query": "poker"}, 0),
            ({"providerId": "evolution"}, 0),
            ({"query": "", "providerId": ""}, 8),
        ],
    )
    def test_filters(self, external: External, filters: dict, found: int) -> None:
        assert len(external.ok("games", filters)["items"]) == found

    def test_active_players_are_counted_once_and_for_five_minutes(
        self, external: External, operator: Operator, game: Player, player: str
    ) -> None:
        open_game(external, player)
        assert external.ok("games", {})["items"][0]["activePlayers"] == 1
        past = clock.real_now() - timedelta(minutes=6)
        operator.store.run_sync(
            lambda tx, _: tx.run(game_sessions.update().values(last_seen_at=past)), None
        )
        assert external.ok("games", {})["items"][0]["activePlayers"] == 0
        game.spin()
        assert external.ok("games", {})["items"][0]["activePlayers"] == 1

    def test_an_agent_without_the_provider_sees_no_games(
        self, external: External, operator: Operator
    ) -> None:
        other = open_operator(operator.store, provider_ids=())
        assert external.ok("games", {}, key=other.key) == {"items": []}
        assert external.ok("providers", {}, key=other.key) == {"items": []}


def _sets(*ranges: tuple[float, float]) -> list[dict[str, Any]]:
    return [
        {
            "id": label.lower(),
            "label": label,
            "info": {"min": least, "max": most},
            "isDefault": label == "Standard",
        }
        for label, (least, most) in zip(("Low", "Standard", "High"), ranges, strict=True)
    ]


class TestProviders:
    @pytest.mark.parametrize(
        ("asked", "slots", "tables"),
        [
            ({}, (0.2, 5, 20, 100), (1, 25, 500, 5000)),
            ({"agentSystemCurrency": ""}, (0.2, 5, 20, 100), (1, 25, 500, 5000)),
            ({"agentSystemCurrency": "JPY"}, (20, 500, 2000, 10000), (100, 2500, 50000, 500000)),
            ({"agentSystemCurrency": "KWD"}, (0.1, 2.5, 10, 50), (1, 25, 500, 5000)),
        ],
    )
    def test_documented_shape(
        self, external: External, asked: dict, slots: tuple, tables: tuple
    ) -> None:
        least, low, standard, high = slots
        chip, table_low, table_standard, table_high = tables
        assert external.ok("providers", asked) == {
            "items": [
                {
                    "id": "house",
                    "name": "House",
                    "logoUrl": "http://testserver/play/house/house.svg",
                    "active": True,
                    "online": True,
                    "terms": {"share": "0", "commission": "0", "contribution": "0"},
                    "categories": [
                        {
                            "id": "slot",
                            "label": "Slot",
                            "betLimits": _sets((least, low), (least, standard), (least, high)),
                        },
                        {
                            "id": "table",
                            "label": "Table",
                            "betLimits": _sets(
                                (chip, table_low), (chip, table_standard), (table_low, table_high)
                            ),
                        },
                    ],
                }
            ]
        }

    def test_currency_that_is_not_configured(self, external: External) -> None:
        asked = {"agentSystemCurrency": "USD"}
        assert external.refused("providers", asked)[0] == "CURRENCY_NOT_SUPPORTED"


def test_times_are_utc(external: External, game: Player) -> None:
    before = clock.now()
    game.spin()
    for record in items(external):
        at = datetime.fromisoformat(record["receivedAt"])
        assert at.utcoffset() == timedelta(0)
        assert before <= at <= clock.now()
