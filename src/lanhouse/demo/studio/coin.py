"""The mock provider's game: heads or tails for 1.96 of the stake."""

from __future__ import annotations

import html
import secrets
from decimal import Decimal
from typing import Any

from lanhouse.demo.studio.journal import Journal
from lanhouse.demo.studio.platform import Platform
from lanhouse.kit import ids

CODE = "coin"
NAME = "Mock Coin"
SIDES = ("heads", "tails")
PAYS = Decimal("1.96")
RTP = "98.00"


def bets_of(scale: str) -> tuple[str, ...]:
    """Stakes in a unit of which one is `scale` of the player's currency."""
    return ("0.1", "0.5", "2") if Decimal(scale) >= 100 else ("1", "5", "20")


def catalogue(currencies: list[tuple[str, str, str]], logo_url: str) -> dict[str, Any]:
    """The result of `/games`; `currencies` are (code, player currency, scale)."""
    limits: list[dict[str, Any]] = []
    for code, _, scale in currencies:
        bets = bets_of(scale)
        limits.append(
            {
                "id": "standard",
                "label": "Standard",
                "currency": code,
                "info": {"min": bets[0], "max": bets[-1], "steps": list(bets)},
                "isDefault": True,
            }
        )
    return {
        "provider": {
            "name": "Mock Studio",
            "logoUrl": logo_url,
            "restrictedCountries": [],
            "prohibitedCountries": [],
            "currencies": [
                {"code": code, "playerCurrency": player, "scale": scale}
                for code, player, scale in currencies
            ],
        },
        "games": [
            {
                "id": CODE,
                "name": NAME,
                "category": {"id": "arcade", "label": "Arcade"},
                "logoUrl": logo_url,
                "rtp": RTP,
                "hasFreeRound": True,
                "betLimits": limits,
            }
        ],
    }


def gift_for(journal: Journal, player: str, currency: str) -> dict[str, Any] | None:
    """Free rounds of which the player has some left, in his unit."""
    for gift in journal.gifts():
        is_his = player in gift["players"] and gift["currency"] == currency
        if is_his and journal.count_free(gift["code"], player) < gift["rounds"]:
            return gift
    return None


async def flip(
    platform: Platform,
    journal: Journal,
    session: dict[str, Any],
    chosen: str,
    bet: str,
    times: int = 1,
) -> tuple[str, dict[str, Any] | None]:
    """Play one round; answers what to tell, and the last answer of the platform."""
    player, here = session["player"], session["sessionId"]
    gift = gift_for(journal, player, session["currency"])
    round_id = f"{player}-{ids.wire_id()}"
    stake = Decimal(bet if gift is None else gift["betAmount"])
    move = {
        "providerTxId": round_id,
        "type": "bet",
        "amount": f"-{stake}" if gift is None else "0",
        "reverseProviderTxId": None,
        "roundId": round_id,
        "roundClosed": False,
        "freeRoundCode": None if gift is None else gift["code"],
    }
    journal.add_round(round_id, player, chosen)
    told = await platform.ask(here, move, times=times)
    if told is None:
        return "Nothing was played: the platform did not answer.", None
    if not told["ok"]:
        return f"Nothing was played: {told['error']['code']}.", told
    side = secrets.choice(SIDES)
    journal.set_side(round_id, side)
    won = stake * PAYS if side == chosen else Decimal(0)
    settle = {**move, "type": "settle", "amount": plain(won), "roundClosed": True}
    paid = await platform.ask(here, settle, times=times)
    text = f"{side}: you win {plain(won)}." if won else f"{side}: you win nothing."
    if paid is None:
        text += " Your winnings are on their way."
    return text, paid or told


def plain(amount: Decimal) -> str:
    """A plain decimal without trailing zeros."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def told_round(found: tuple[str, str] | None) -> dict[str, Any]:
    """The result of `/round`."""
    if found is None or not found[1]:
        return {"logType": "nodata"}
    chosen, side = found
    rows = [{"key": "chosen", "value": chosen}, {"key": "side", "value": side}]
    return {"logType": "table", "gameResult": side, "rows": rows}


def page(session: dict[str, Any], action: str, scale: str, text: str, balance: str) -> str:
    """The game's page; a form and nothing else."""
    bets = "".join(f"<option>{bet}</option>" for bet in bets_of(scale))
    sides = "".join(f'<button name="side" value="{side}">{side}</button> ' for side in SIDES)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{NAME}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<h1>{NAME}</h1><p>{html.escape(session['username'])}: "
        f'<output id="balance">{html.escape(balance)}</output> {session["currency"]}</p>'
        f'<p role="status" id="told">{html.escape(text)}</p>'
        f'<form method="post" action="{html.escape(action)}">'
        f'<label>Stake <select name="bet">{bets}</select></label> {sides}</form></html>'
    )
