"""The news of the demo centre."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from lanhouse.cafe.centers.demo import demo_center
from lanhouse.cafe.news.commands import NewsChange, create_news
from lanhouse.cafe.news.schemas import NewsKind
from lanhouse.cafe.news.wire import LIMIT
from lanhouse.db.store import Tx
from lanhouse.kit.pictures import Picture, remade

_WIDTH, _HEIGHT = 960, 420
_CUP = {
    "name": "5v5 evening cup",
    "text": "Six teams are in. Every Friday from 20:00, coins for the first three.",
    "link": "https://harbour-arena.example/cup",
    "shows_qr": True,
}
_TARTS = {
    "name": "Tarts from the bakery next door",
    "text": "Warm every day from 16:00. To your seat.",
    "kind": NewsKind.TEXT,
}


def opening(tx: Tx) -> None:
    """One with a picture and a link, one of words alone."""
    center = demo_center(tx)
    create_news(tx, NewsChange(center, None, _CUP, _poster()))
    create_news(tx, NewsChange(center, None, _TARTS))


def _poster() -> Picture:
    """Bars of light over a harbour at night."""
    drawn = Image.new("RGB", (_WIDTH, _HEIGHT), "#08171b")
    pen = ImageDraw.Draw(drawn)
    for number, height in enumerate((120, 210, 160, 290, 230, 180, 320, 140, 260, 200)):
        left = 40 + number * 90
        color = ("#0f5c66", "#f4b740", "#63c3cc")[number % 3]
        pen.rectangle((left, _HEIGHT - 60 - height, left + 54, _HEIGHT - 60), fill=color)
    pen.rectangle((0, _HEIGHT - 60, _WIDTH, _HEIGHT), fill="#11252b")
    sent = io.BytesIO()
    drawn.save(sent, "PNG")
    return remade(sent.getvalue(), LIMIT, "picture")
