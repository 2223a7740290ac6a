"""What a centre tells its members."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.carried import carried
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, UtcTime

news = sa.Table(
    "news",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    # The heading, and some lines below it.
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    # The lowest is shown first; equal ones in the order of their ids.
    sa.Column("position", sa.Integer, nullable=False),
    # The page that it leads to; empty = none.
    sa.Column("link", sa.Text, nullable=False),
    # schemas.NewsKind.
    sa.Column("kind", sa.Text, nullable=False),
    # Where the video is, an https address; empty = there is none.
    sa.Column("video_url", sa.Text, nullable=False),
    # Whether the link is shown as a QR code too.
    sa.Column("shows_qr", sa.Boolean, nullable=False),
    # How long a screen that goes through the news stays here.
    sa.Column("duration_ms", sa.Integer, nullable=False),
    # NULL = it has no picture.
    sa.Column("file_key", sa.Text, sa.ForeignKey("files.key")),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    sa.CheckConstraint("duration_ms > 0", name="duration"),
    sa.Index("news_center_ix", "center_id", "position", "id"),
    sa.Index("news_file_ix", "file_key"),
)

carried(news)
