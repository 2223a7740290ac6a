"""Codes by text message, and the games that members like."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.tables import NOT_IN_BACKUPS, metadata
from lanhouse.db.types import UtcTime

# The last code that was asked for with a telephone number, also with one that nobody has: what is
# answered afterwards must not tell the two apart. Real time, as all of signing in.
sms_codes = sa.Table(
    "sms_codes",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # As providers take it: digits, with a + or not.
    sa.Column("phone", sa.Text, primary_key=True),
    # Whose password it may set; empty: nobody's, and nothing was sent.
    sa.Column("member_id", sa.BigInteger),
    # Made with the server secret: six digits are guessed from a plain hash at once.
    sa.Column("code_mark", sa.Text, nullable=False),
    # How often something was typed that was not it.
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    # So many codes since then; after a day it begins anew.
    sa.Column("day_from", UtcTime, nullable=False),
    sa.Column("day_count", sa.Integer, nullable=False),
    sa.Index("sms_codes_day_ix", "day_from"),
    info={NOT_IN_BACKUPS: True},
)

# Games by their number in the library that the program at the seat shows.
favorite_games = sa.Table(
    "favorite_games",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("game_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
)
