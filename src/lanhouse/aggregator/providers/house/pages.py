"""The game in the browser: launch address, page, spins, seeds, and the public page of a round.

Server-authoritative: the page sends only "spin" with a bet; what the reels show, what is won and
every text about it come from here.
"""

from __future__ import annotations

import msgspec

from lanhouse.aggregator.launch.call import GameCall, GameRoutes
from lanhouse.aggregator.launch.commands import begin_session
from lanhouse.aggregator.launch.rules import SESSION_SECONDS
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.providers.house.bets import total_bets_micros
from lanhouse.aggregator.providers.house.commands import play, prepare_seeds, rotate_seed
from lanhouse.aggregator.providers.house.files import file_url, files
from lanhouse.aggregator.providers.house.play_json import BeginPlay, begin_play
from lanhouse.aggregator.providers.house.provider import NIGHT_SHIFT_GAME
from lanhouse.aggregator.providers.house.queries import last_spin, spin_by_key
from lanhouse.aggregator.providers.house.round_page import found_round, render_round
from lanhouse.aggregator.providers.house.schemas import (
    BetShown,
    PageState,
    Played,
    RotateCmd,
    SeedIn,
    Seeds,
    SeedsCmd,
    SeedsOut,
    SpinCmd,
    SpinIn,
    SpinOut,
    SpinRecord,
    StandingOut,
)
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, evaluate
from lanhouse.aggregator.providers.house.texts import script_words, show_spin, symbol_names
from lanhouse.aggregator.surfaces import COOKIE_PREFIX, wants_json
from lanhouse.aggregator.wallet.queries import wallet_balance_micros
from lanhouse.auth.masks import mask
from lanhouse.db.store import Read, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import NotFound
from lanhouse.web.call import Call
from lanhouse.web.format import money
from lanhouse.web.render import View, render
from lanhouse.web.replies import Reply, redirect

_TEMPLATES = "aggregator/providers/house/templates"
# A round's page may be shown inside the operator's own back office; it has nothing to click.
_ROUND_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
    " form-action 'none'; frame-ancestors *"
)


routes = GameRoutes("Game pages")


@routes.get("/play/launch/{token}", public=True, source="aggregator-domain 5.3")
async def begin(call: Call) -> Reply:
    """Exchange the one-time token for a session: for the small JSON where that is asked, else for
    a cookie, and go to the game."""
    # A mail scanner or a browser that looks ahead must not use the token up.
    if call.request.method == "HEAD" or "sec-purpose" in call.request.headers:
        return Reply().with_header("cache-control", "no-store")
    if wants_json(call.request):
        token = BeginPlay(token=call.path["token"], vault=call.vault)
        begun = await call.run(begin_play, token)
        reply = Reply(call.encode(begun), content_type="application/json")
        return reply.with_header("cache-control", "no-store")
    started = await call.run(begin_session, call.path["token"])
    path = f"/play/{started.code}"
    return redirect(path).with_cookie(
        COOKIE_PREFIX + started.code,
        started.cookie,
        seconds=SESSION_SECONDS,
        secure=call.settings.secure_cookies,
        path=path,
    )


class _Page(msgspec.Struct, frozen=True):
    """What the page is made of."""

    seeds: Seeds
    spin: SpinRecord | None
    balance_micros: int


@routes.get("/play/{session}", right="player.play", source="design: Frame around a game")
async def game(call: GameCall) -> Reply:
    """The game page, with the last round as it was left."""
    session = _night_shift(call)
    page = await call.run(_page, SeedsCmd(session=session, vault=call.vault))
    language, currency = session.language, session.currency
    bets = total_bets_micros(currency)
    last_bet = page.spin.bet_micros if page.spin is not None else bets[0]
    spin = None if page.spin is None else show_spin(page.spin, currency, language)
    state = PageState(
        session=session.code,
        csrf=mask(session.csrf),
        bets=[BetShown(bet, money(bet, currency, language)) for bet in bets],
        bet_index=bets.index(last_bet) if last_bet in bets else 0,
        started_at_millis=clock.to_micros(session.started_at) // 1000,
        now_millis=clock.real_micros() // 1000,
        spin=spin,
        names=symbol_names(language),
        words=script_words(language),
    )
    body = render(
        f"{_TEMPLATES}/night_shift.html",
        _view(call, session),
        session=session,
        state=msgspec.to_builtins(state),
        spin=spin,
        window=spin.window if spin else evaluate(NIGHT_SHIFT, (0,) * 5, 1).window,
        seeds=page.seeds,
        balance=money(page.balance_micros, currency, language),
        net=money(session.net_micros, currency, language),
        bets=state.bets,
        bet=state.bets[state.bet_index].text,
        machine=NIGHT_SHIFT,
        top_multiplier=NIGHT_SHIFT_GAME.max_multiplier,
        names=state.names,
        file_url=file_url,
    )
    return Reply(body.encode()).with_header("cache-control", "no-store")


def _night_shift(call: GameCall) -> GameSession:
    """The session of a call of Night Shift's own page. Raises NotFound in another game, which is
    played over the small JSON."""
    if call.session.game_id != NIGHT_SHIFT_GAME.id:
        raise NotFound("There is no page at this address.")
    return call.session


def _page(tx: Tx, cmd: SeedsCmd) -> _Page:
    return _Page(
        prepare_seeds(tx, cmd),
        last_spin(tx, cmd.session.id),
        _balance(tx, cmd.session),
    )


def _view(call: GameCall, session: GameSession) -> View:
    """The page speaks the language of the launch, not of the browser."""
    return msgspec.structs.replace(
        call.view, language=session.language, currency=session.currency, center_name="House"
    )


@routes.post("/play/{session}/spin", right="player.play", source="aggregator-domain 5.1")
async def spin_reels(call: GameCall, data: SpinIn) -> SpinOut:
    """Play one round; the same key answers the round it has played."""
    session = _night_shift(call)
    cmd = SpinCmd(
        session=session, vault=call.vault, client_key=data.key, bet_micros=data.bet_micros
    )
    return _spin_out(session, await call.run(play, cmd))


def _spin_out(session: GameSession, played: Played) -> SpinOut:
    currency, language = session.currency, session.language
    return SpinOut(
        spin=show_spin(played.spin, currency, language),
        balance=money(played.balance_micros, currency, language),
        net=money(played.net_micros, currency, language),
    )


@routes.get("/play/{session}/spins/{key}", right="player.play")
async def spin_played(call: GameCall) -> SpinOut:
    """The round of a key after an interruption; 404 means it never reached us."""
    session = _night_shift(call)
    played = await call.read(_played, session, call.path["key"])
    return _spin_out(session, played)


def _played(read: Read, session: GameSession, key: str) -> Played:
    record = spin_by_key(read, session, key)
    if record is None:
        raise NotFound("this spin was not played")
    return Played(
        spin=record,
        balance_micros=_balance(read, session),
        net_micros=session.net_micros,
    )


@routes.get("/play/{session}/standing", right="player.play", source="design: Frame around a game")
async def standing(call: GameCall) -> StandingOut:
    """Balance, net and seeds right now; a deposit or another tab changes them too."""
    session = call.session
    micros, seeds = await call.run(_standing, SeedsCmd(session=session, vault=call.vault))
    return StandingOut(
        balance=money(micros, session.currency, session.language),
        net=money(session.net_micros, session.currency, session.language),
        seeds=_seeds_out(seeds),
    )


def _standing(tx: Tx, cmd: SeedsCmd) -> tuple[int, Seeds]:
    return _balance(tx, cmd.session), prepare_seeds(tx, cmd)


def _balance(read: Read, session: GameSession) -> int:
    return wallet_balance_micros(read, session.agent_id, session.player_id, session.currency)


@routes.post("/play/{session}/client-seed", right="player.play", source="aggregator-domain 5.1")
async def change_seed(call: GameCall, data: SeedIn) -> SeedsOut:
    """Take a client seed that the player chose or his browser made; Night Shift's own page."""
    seeds = await call.run(
        rotate_seed,
        RotateCmd(session=call.session, vault=call.vault, client_seed=data.client_seed),
    )
    return _seeds_out(seeds)


def _seeds_out(seeds: Seeds) -> SeedsOut:
    return SeedsOut(**{name: getattr(seeds, name) for name in SeedsOut.__struct_fields__})


@routes.get("/play/rounds/{round}", public=True, source="aggregator-domain 5.1")
async def verify_round(call: Call) -> Reply:
    """A round with everything that proves it; whoever has its address may read it."""
    told, spin = await call.read(found_round, call.path["round"])
    body = render_round(call.view, told, spin)
    reply = Reply(body.encode()).with_header("content-security-policy", _ROUND_POLICY)
    return reply.with_header("x-robots-tag", "noindex")


@routes.get("/play/house/{file}", public=True)
async def game_file(call: Call) -> Reply:
    """A style sheet, script or picture of the game."""
    file = files().get(call.path["file"])
    if file is None:
        raise NotFound("There is no file at this address.")
    is_versioned = call.request.query == f"v={file.version}".encode()
    cache = "public, max-age=31536000, immutable" if is_versioned else "no-cache"
    return Reply(file.body, 200, file.content_type).with_header("cache-control", cache)
