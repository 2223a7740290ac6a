"""The games in the browser: launch address, page, and the public page of a round.

A page holds no money and no round: its script asks the small JSON for them (api.py), with the
secret that the launch address gave it once.
"""

from __future__ import annotations

import msgspec

from lanhouse.aggregator.agents.queries import agent_by_id
from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.launch.call import GameRoutes
from lanhouse.aggregator.launch.commands import begin_session
from lanhouse.aggregator.launch.queries import session_by_code
from lanhouse.aggregator.launch.schemas import GameSession, Started
from lanhouse.aggregator.providers.house.files import files
from lanhouse.aggregator.providers.house.games.catalogue import GAMES
from lanhouse.aggregator.providers.house.games.chips import chips_micros
from lanhouse.aggregator.providers.house.games.step import shown
from lanhouse.aggregator.providers.house.play_json import BeginPlay, begin_play, check_house
from lanhouse.aggregator.providers.house.play_page import GamePage, render_game
from lanhouse.aggregator.providers.house.playing import balance_of_token
from lanhouse.aggregator.providers.house.round_page import found_round, render_round
from lanhouse.aggregator.surfaces import wants_json
from lanhouse.db.store import Read, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import NotFound
from lanhouse.kit.money import currency_decimals
from lanhouse.web.call import Call
from lanhouse.web.replies import Reply

_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"
# A round's page may be shown inside the operator's own back office; it has nothing to click.
_ROUND_POLICY = f"{_POLICY}; form-action 'none'; frame-ancestors *"

routes = GameRoutes("Game pages")


@routes.get("/play/launch/{token}", public=True, source="aggregator-domain 5.3")
async def begin(call: Call) -> Reply:
    """Exchange the one-time token for the session's secret: as the small JSON where that is asked,
    else inside the page of the game."""
    # A mail scanner or a browser that looks ahead must not use the token up.
    if call.request.method == "HEAD" or "sec-purpose" in call.request.headers:
        return Reply().with_header("cache-control", "no-store")
    token = call.path["token"]
    if wants_json(call.request):
        command = BeginPlay(
            token=token,
            vault=call.vault,
            balance_micros=await balance_of_token(call, token),
        )
        begun = await call.run(begin_play, command)
        reply = Reply(call.encode(begun), content_type="application/json")
        return reply.with_header("cache-control", "no-store")
    started = await call.run(_begin, token)
    return await _page(call, started.code, started.secret)


def _begin(tx: Tx, token: str) -> Started:
    """Begin the session of a game of House. Raises SessionExpired, and nothing is used up then."""
    started = begin_session(tx, token)
    check_house(session_by_code(tx, started.code))
    return started


@routes.get("/play/{session}", public=True, source="design: Frame around a game")
async def game(call: Call) -> Reply:
    """The page of a session that was reloaded: its script has the secret in its sessionStorage."""
    return await _page(call, call.path["session"], "")


async def _page(call: Call, code: str, secret: str) -> Reply:
    """The page of a game; without the secret it tells nothing of the player or his operator."""
    session, agent = await call.read(_session, code)
    page = GamePage(
        session=session.code,
        secret=secret,
        currency=session.currency,
        decimals=currency_decimals(session.currency),
        chips=tuple(shown(chip) for chip in chips_micros(session.currency)),
        started_at_millis=clock.to_micros(session.started_at) // 1000,
        now_millis=clock.real_micros() // 1000,
        lobby_url=(session.lobby_url or "") if secret else "",
        cashier_url=(session.cashier_url or "") if secret else "",
        frame_origins=agent.frame_origins,
        is_test=session.is_test,
        check_minutes=session.reality_check_minutes,
    )
    # The page speaks the language of the launch, not of the browser.
    view = msgspec.structs.replace(
        call.view, language=session.language, currency=session.currency, center_name="House"
    )
    body = render_game(view, GAMES[session.game_id], page)
    reply = Reply(body.encode()).with_header("cache-control", "no-store")
    if not agent.frame_origins:
        return reply
    ancestors = " ".join(agent.frame_origins)
    policy = f"{_POLICY}; form-action 'self'; frame-ancestors {ancestors}"
    return reply.with_header("content-security-policy", policy)


def _session(read: Read, code: str) -> tuple[GameSession, Agent]:
    session = session_by_code(read, code)
    check_house(session)
    agent = agent_by_id(read, session.agent_id)
    assert agent is not None, "a session has its agent"
    return session, agent


@routes.get("/play/rounds/{round}", public=True, source="aggregator-domain 5.1")
async def verify_round(call: Call) -> Reply:
    """A round with everything that proves it; whoever has its address may read it."""
    told, moves = await call.read(found_round, call.path["round"])
    reply = Reply(render_round(call.view, told, moves).encode())
    reply = reply.with_header("content-security-policy", _ROUND_POLICY)
    return reply.with_header("x-robots-tag", "noindex")


@routes.get("/play/house/{file}", public=True)
async def game_file(call: Call) -> Reply:
    """A style sheet, script or picture of the games."""
    file = files().get(call.path["file"])
    if file is None:
        raise NotFound("There is no file at this address.")
    is_versioned = call.request.query == f"v={file.version}".encode()
    cache = "public, max-age=31536000, immutable" if is_versioned else "no-cache"
    return Reply(file.body, 200, file.content_type).with_header("cache-control", cache)
