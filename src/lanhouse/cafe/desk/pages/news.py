"""The panel's channel: what changes in the centre, told to its pages as it happens.

Server-sent events. They name topics only (facts of cafe/facts.py, events of commands), never a
value: what a page shows it asks for again, with its reader's rights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator
from typing import Annotated

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.db.outbox import place_of
from lanhouse.kit import clock
from lanhouse.kit.errors import TooMany
from lanhouse.kit.limits import LISTENERS_PER_SIGN_IN
from lanhouse.kit.said import say
from lanhouse.realtime.feed import Feed, Listener, News
from lanhouse.web.replies import Stream

routes = PanelRoutes("Computers pages")

# A page takes a channel that is silent for longer than two of these for lost.
BEAT_SECONDS = 1
# The browser comes back at once, and is asked anew who it is.
_CHANNEL_SECONDS_MAX = 300
_ENDS_CHANNELS = "access.changed"

_open_channels: Counter[str] = Counter()


class NewsIn(msgspec.Struct):
    """The last place that was told; empty = none."""

    after: Annotated[str, msgspec.Meta(max_length=40)] = ""


@routes.get("/panel/news", right="account.self", summary="What changes, as it happens")
async def news(call: CafeCall, data: NewsIn) -> Stream:
    """A stream of server-sent events for this reader's centre.

    `news`: topics, separated by spaces, since the place that its id names. `gap`: more happened
    than can be told. `beat`: the server is there, and so is its database. It ends after some
    minutes, or when keys or sign-ins have changed, and the next one goes on behind the last place
    that was told.
    """
    if _open_channels[call.actor.token_hash] >= LISTENERS_PER_SIGN_IN:
        raise TooMany(say("This browser has too many channels open."))
    # The header is the browser's own way back, and newer.
    after = place_of(call.request.headers.get("last-event-id", data.after))
    listener = await call.services.feed.listen(call.center.id, after)
    parts = _told(call.services.feed, listener, call.actor)
    # Begun here: what has not begun does not end either, and a HEAD or a caller who has gone would
    # leave the listener behind.
    await anext(parts)
    return Stream(parts, "text/event-stream", [(b"x-accel-buffering", b"no")])


async def _told(feed: Feed, listener: Listener, actor: Actor) -> AsyncGenerator[bytes, None]:
    ends_at = clock.monotonic() + _CHANNEL_SECONDS_MAX
    _open_channels[actor.token_hash] += 1
    try:
        yield b""
        yield b"retry: 1000\n\n" + _BEAT
        while clock.monotonic() < ends_at:
            told = await listener.next(BEAT_SECONDS)
            if listener.is_closed:
                return
            if told is not None and _ENDS_CHANNELS in told.topics:
                # With its place, or whoever comes back would be told of the same end for ever; and
                # without its topics, for somebody who may not be let in again.
                yield _message(News(told.place, frozenset(), has_gap=True))
                return
            if told is not None:
                yield _message(told)
            elif feed.is_current:
                yield _BEAT
    finally:
        feed.leave(listener)
        _open_channels[actor.token_hash] -= 1
        if not _open_channels[actor.token_hash]:
            del _open_channels[actor.token_hash]


_BEAT = b"event: beat\ndata: 1\n\n"


def _message(told: News) -> bytes:
    kind = "gap" if told.has_gap else "news"
    return f"id: {told.place}\nevent: {kind}\ndata: {' '.join(sorted(told.topics))}\n\n".encode()
