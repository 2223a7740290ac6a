"""A provider elsewhere as the platform sees it: its catalogue as it told it, its calls by HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from lanhouse.aggregator.errors import (
    CurrencyNotSupported,
    GameNotFound,
    ProviderMaintenance,
    ProviderOffline,
)
from lanhouse.aggregator.providers.port import (
    BetLimit,
    Category,
    FreeRoundAsk,
    Game,
    HandLog,
    Opened,
    OpenGame,
    PocketLog,
    Reach,
    RoundAsk,
    RoundLog,
)
from lanhouse.aggregator.providers.remote.catalogue import is_web_address
from lanhouse.aggregator.providers.remote.studios import StudioRefused, body_of
from lanhouse.aggregator.providers.schemas import LimitSet, ProviderData, ToldGame, Unit
from lanhouse.aggregator.rounds.rules import scaled_micros
from lanhouse.kit.errors import AppError
from lanhouse.kit.money import format_plain

Line = Annotated[str, Meta(max_length=2_000)]
_LAUNCH_REFUSALS: Mapping[str, type[AppError]] = {
    "GAME_NOT_FOUND": GameNotFound,
    "CURRENCY_NOT_SUPPORTED": CurrencyNotSupported,
    "PROVIDER_MAINTENANCE": ProviderMaintenance,
}
"""What a studio may say to a launch; every other word counts as being offline."""


class _Opened(msgspec.Struct):
    type: Literal["url", "html"]
    url: Annotated[str, Meta(max_length=8_000)] | None = None
    html: Annotated[str, Meta(max_length=262_144)] | None = None


class _Row(msgspec.Struct):
    key: Line
    value: Line


class _Pocket(msgspec.Struct, rename="camel"):
    number: Line
    color: Line
    even_odd: Line


class _RoundTold(msgspec.Struct, rename="camel"):
    log_type: Literal["nodata", "iframe", "hand", "roulette", "dice", "table"]
    url: Line = ""
    game_result: Line = ""
    hands: Annotated[list[HandLog], Meta(max_length=100)] = []
    pockets: Annotated[list[_Pocket], Meta(max_length=100)] = []
    dices: Annotated[list[Line], Meta(max_length=100)] = []
    rows: Annotated[list[_Row], Meta(max_length=1_000)] = []


class _FreeRoundTold(msgspec.Struct):
    id: Annotated[str, Meta(min_length=1, max_length=100)]


class Remote:
    """A provider elsewhere with its games, or the one that was looked for, and its units by the
    player's currency."""

    def __init__(
        self,
        data: ProviderData,
        units: Mapping[str, Unit],
        told: tuple[ToldGame, ...],
    ) -> None:
        self.id = data.id
        self.name = data.name
        self._units = units
        self._told = told
        self.games = tuple(game_of(data.id, game) for game in told)

    def bet_limits(self, category_id: str, currency: str) -> list[BetLimit]:
        """The sets of all games of the category that count in this currency's unit; of two with one
        id the first."""
        unit = self._unit(currency)
        found: dict[str, BetLimit] = {}
        for game in self._told:
            if game.category_id == category_id and unit is not None:
                for told in game.bet_limits:
                    limit = _limit(told, unit)
                    if limit is not None:
                        found.setdefault(limit.id, limit)
        return list(found.values())

    def free_amounts_micros(self, game_id: str, currency: str) -> tuple[int, ...] | None:
        """A studio says itself what a round may cost; the player's limits are ours to look at."""
        return None

    def takes_currency(self, game_id: str, currency: str, scale: str) -> bool:
        """A studio says in which currencies it counts with its units."""
        return True

    def limit_sets(self, game_id: str, unit_code: str) -> list[LimitSet]:
        """The sets of one game in a unit, as the studio told them."""
        return [
            limit
            for game in self._told
            if game_id == wire_id(self.id, game.code)
            for limit in game.bet_limits
            if limit.currency == unit_code
        ]

    def _unit(self, currency: str) -> Unit | None:
        return self._units.get(currency) if self._units else Unit(currency, "1")

    async def open_game(self, reach: Reach, asked: OpenGame) -> Opened:
        """Where the studio says. Raises ProviderOffline, or what the studio refuses."""
        body = {
            "token": asked.token,
            "player": asked.player,
            "username": asked.username,
            "currency": asked.currency,
            "gameId": own_id(self.id, asked.game_id),
            "language": asked.language,
            "country": asked.country,
            "isMobile": asked.is_mobile,
            "playerIp": asked.player_address,
            "lobbyUrl": asked.lobby_url,
            "cashierUrl": asked.cashier_url,
        }
        try:
            told = body_of(await reach.studios.ask(self.id, "launch", body), _Opened)
        except StudioRefused as refused:
            raise _LAUNCH_REFUSALS.get(refused.code, ProviderOffline)() from None  # type: ignore[call-arg]
        if told.type == "html" and told.html:
            return Opened("html", html=told.html)
        if told.type == "url" and told.url is not None and is_web_address(told.url):
            return Opened("url", url=told.url)
        raise ProviderOffline

    async def tell_round(self, reach: Reach, asked: RoundAsk) -> RoundLog | None:
        """What the studio tells; None when it does not answer or knows nothing."""
        body = {
            "player": asked.player,
            "gameId": own_id(self.id, asked.game_id),
            "roundId": asked.round_code,
        }
        try:
            told = body_of(await reach.studios.ask(self.id, "round", body), _RoundTold)
        except (StudioRefused, ProviderOffline):
            return None  # the money of the round is ours to tell, and is told
        url = told.url if is_web_address(told.url) else ""
        if told.log_type == "nodata" or (told.log_type == "iframe" and not url):
            return None
        return RoundLog(
            page_path=url,
            result=told.game_result,
            rows=tuple((row.key, row.value) for row in told.rows),
            log_type=told.log_type,
            hands=tuple(told.hands),
            pockets=tuple(PocketLog(one.number, one.color, one.even_odd) for one in told.pockets),
            dices=tuple(told.dices),
        )

    async def free_round(self, reach: Reach, asked: FreeRoundAsk) -> str:
        """Give free rounds; answers the studio's id. Raises ProviderOffline and StudioRefused."""
        body = {
            "code": asked.code,
            "players": list(asked.players),
            "currency": asked.currency,
            "gameId": own_id(self.id, asked.game_id),
            "rounds": asked.rounds,
            "betAmount": format_plain(asked.bet_micros),
            "from": _time(asked.from_at),
            "to": _time(asked.to_at),
        }
        answer = await reach.studios.ask(self.id, "freeRound", body)
        return body_of(answer, _FreeRoundTold).id

    async def cancel_free_round(self, reach: Reach, free_round_id: str) -> None:
        """Take them away again. Raises ProviderOffline and StudioRefused."""
        await reach.studios.ask(self.id, "cancelFreeRound", {"id": free_round_id})


def wire_id(provider_id: str, code: str) -> str:
    """A game's id on our wire; no provider's id holds a `_`."""
    return f"{provider_id}_{code}"


def own_id(provider_id: str, game_id: str) -> str:
    """The studio's own id of a game."""
    return game_id.removeprefix(f"{provider_id}_")


def game_of(provider_id: str, told: ToldGame) -> Game:
    """A told game as the catalogue shows it; what a studio does not tell is empty."""
    return Game(
        id=wire_id(provider_id, told.code),
        name=told.name,
        category=Category(told.category_id, told.category_label),
        logo_path=told.logo_url,
        rtp_percent=told.rtp,
        volatility="",
        max_multiplier="",
        features=(),
        has_free_round=told.has_free_round,
    )


def _limit(told: LimitSet, unit: Unit) -> BetLimit | None:
    least = scaled_micros(told.min_micros, unit.scale)
    most = scaled_micros(told.max_micros, unit.scale)
    if told.currency != unit.currency or least is None or most is None:
        return None
    return BetLimit(
        id=told.id, label=told.label, min_micros=least, max_micros=most, is_default=told.is_default
    )


def _time(at: datetime) -> str:
    """RFC 3339 in UTC, as the External API writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
