"""External API: setPlayerLimits, getPlayerLimits, excludePlayer (additions of ours)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from msgspec import UNSET

from lanhouse.aggregator.agents.call import AgentCall, ExternalRoutes
from lanhouse.aggregator.protection.commands import exclude_player, set_player_limits
from lanhouse.aggregator.protection.queries import limits_of_player
from lanhouse.aggregator.protection.rules import SESSION
from lanhouse.aggregator.protection.schemas import (
    MINUTES_MAX,
    Exclude,
    ExcludedOut,
    ExcludePlayerIn,
    GetPlayerLimitsIn,
    Limit,
    LimitIn,
    LimitOut,
    PendingOut,
    PlayerLimitsOut,
    SetLimits,
    SetPlayerLimitsIn,
    Wanted,
)
from lanhouse.aggregator.rounds.rules import moment_of
from lanhouse.aggregator.wallet.rules import limit_of
from lanhouse.aggregator.wire import check_currency, wire_time
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import format_plain
from lanhouse.web.replies import Written

routes = ExternalRoutes("Players")


@routes.post("/setPlayerLimits", right="agent.call", source="aggregator-domain 5.4, player limits")
async def set_limits(call: AgentCall, data: SetPlayerLimitsIn) -> Written[PlayerLimitsOut]:
    """Set limits of a player; those that are not named stay. A stricter one counts at once, a
    looser one and null (none) after 24 hours."""
    sent = call.inputs.get("limits")
    if not isinstance(sent, list):
        raise InvalidInput({"limits": "must be a list"})
    raws = cast("list[Any]", sent)
    wanted = tuple(
        _wanted(call, limit, raw, f"limits.{place}")
        for place, (limit, raw) in enumerate(zip(data.limits, raws, strict=True))
    )
    cmd = SetLimits(agent=call.agent, username=data.username, limits=wanted)
    return await call.write(set_player_limits, cmd, _limits_out)


def _wanted(call: AgentCall, limit: LimitIn, raw: Any, name: str) -> Wanted:
    """A limit as it was sent, `name` its field: null takes it away, a forgotten field does not."""
    if not isinstance(raw, Mapping):
        raise InvalidInput({"limits": "must be a list of objects"})
    fields = cast("Mapping[str, Any]", raw)
    is_session = limit.kind == SESSION
    needed, foreign = ("minutes", "amount") if is_session else ("amount", "minutes")
    if needed not in fields:
        raise InvalidInput({f"{name}.{needed}": "is required; null takes the limit away"})
    if fields.get(foreign) is not None:
        raise InvalidInput({f"{name}.{foreign}": f"does not belong to a limit of {limit.kind}"})
    if is_session:
        return _session_limit(limit, fields, name)
    if limit.currency is None:
        raise InvalidInput({f"{name}.currency": "is required"})
    if fields.get("currency") != limit.currency:
        raise InvalidInput({f"{name}.currency": "must be text without spaces"})
    check_currency(call.agent, limit.currency)
    most = None
    if fields["amount"] is not None:
        most = limit_of(fields["amount"], limit.currency, f"{name}.amount")
    return Wanted(kind=limit.kind, period=limit.period, currency=limit.currency, most=most)


def _session_limit(limit: LimitIn, fields: Mapping[str, Any], name: str) -> Wanted:
    if limit.period != "day":
        raise InvalidInput({f"{name}.period": "session time is limited per day"})
    if limit.currency is not None:
        raise InvalidInput({f"{name}.currency": "does not belong to a limit of session time"})
    minutes = fields["minutes"]
    if minutes is not None and (type(minutes) is not int or not 0 <= minutes <= MINUTES_MAX):
        raise InvalidInput({f"{name}.minutes": f"must be a whole number from 0 to {MINUTES_MAX}"})
    return Wanted(kind=limit.kind, period=limit.period, currency="", most=minutes)


@routes.post("/getPlayerLimits", right="agent.call", source="aggregator-domain 5.4, player limits")
async def get_limits(call: AgentCall, data: GetPlayerLimitsIn) -> PlayerLimitsOut:
    """A player's limits in force, and what will count instead of them."""
    return _limits_out(await call.read(limits_of_player, call.agent.id, data.username))


def _limits_out(limits: list[Limit]) -> PlayerLimitsOut:
    return PlayerLimitsOut([_limit_out(limit) for limit in limits])


def _limit_out(limit: Limit) -> LimitOut:
    pending = None
    is_session = limit.kind == SESSION
    later = limit.pending_most
    if limit.pending_from is not None:
        pending = PendingOut(
            from_at=wire_time(limit.pending_from),
            amount=UNSET if is_session else None if later is None else format_plain(later),
            minutes=later if is_session else UNSET,
        )
    return LimitOut(
        kind=limit.kind,
        period=limit.period,
        currency=limit.currency or None,
        amount=UNSET if is_session else format_plain(limit.most),
        minutes=limit.most if is_session else UNSET,
        pending=pending,
    )


@routes.post("/excludePlayer", right="agent.call", source="aggregator-domain 5.4, self-exclusion")
async def exclude(call: AgentCall, data: ExcludePlayerIn) -> Written[ExcludedOut]:
    """Exclude a player: no deposit, launch or bet until then; open rounds finish, and his money can
    always leave. An exclusion can be lengthened, never shortened."""
    until = moment_of(data.until, "until")
    if until is None:
        raise InvalidInput({"until": "is required"})

    def shape(stands: datetime) -> ExcludedOut:
        return ExcludedOut(data.username, wire_time(stands))

    cmd = Exclude(agent=call.agent, username=data.username, until=until)
    return await call.write(exclude_player, cmd, shape)
