"""PCs, rooms and the map on which they stand."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.carried import carried
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, UtcTime

rooms = sa.Table(
    "rooms",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    # The name without difference of case; unique per centre.
    sa.Column("name_key", sa.Text, nullable=False),
    # The order in which rooms are shown, from 0.
    sa.Column("position", sa.Integer, nullable=False),
    # The rectangle on the map, in pixels.
    sa.Column("frame_x", sa.Integer, nullable=False),
    sa.Column("frame_y", sa.Integer, nullable=False),
    sa.Column("frame_width", sa.Integer, nullable=False),
    sa.Column("frame_height", sa.Integer, nullable=False),
    # Whether members may book its PCs.
    sa.Column("allows_booking", sa.Boolean, nullable=False),
    sa.UniqueConstraint("center_id", "name_key"),
)

pcs = sa.Table(
    "pcs",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    # The name without difference of case; unique per centre.
    sa.Column("name_key", sa.Text, nullable=False),
    # As the client reports them; empty for consoles.
    sa.Column("ip", sa.Text, nullable=False),
    sa.Column("mac", sa.Text, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    # 0 PC, 1 other, 2 Xbox, 3 PS3, 4 PS4, 5 PS5, 6 Wii, 7 table, 8 assistant (cafe-domain 0).
    sa.Column("console_type", sa.Integer, nullable=False),
    # 0 is the default group, which has no row: no foreign key.
    sa.Column("pc_group_id", sa.BigInteger, nullable=False),
    # Empty: in no room.
    sa.Column("room_id", sa.BigInteger, sa.ForeignKey("rooms.id")),
    # Where it stands inside its room, in pixels.
    sa.Column("box_top", sa.Integer, nullable=False),
    sa.Column("box_left", sa.Integer, nullable=False),
    # How far its box is turned clockwise about its middle, 0 to 359.
    sa.Column("turned_degrees", sa.Integer, nullable=False),
    # Whether somebody has put it on the map; a PC of a room may still wait for its place.
    sa.Column("is_placed", sa.Boolean, nullable=False),
    # No session can start while it is (pc_enabled 0 on the wire).
    sa.Column("is_out_of_order", sa.Boolean, nullable=False),
    sa.Column("out_of_order_reason", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.UniqueConstraint("center_id", "name_key"),
    sa.Index("pcs_group_ix", "center_id", "pc_group_id"),
)

# How the picture lies under the map; the picture itself is one of center_pictures (queries.MAP).
floor_maps = sa.Table(
    "floor_maps",
    metadata,
    sa.Column(
        "center_id",
        sa.BigInteger,
        sa.ForeignKey("centers.id"),
        primary_key=True,
        autoincrement=False,
    ),
    # Its upper left corner and its width in pixels of the map; the height follows.
    sa.Column("picture_x", sa.Integer, nullable=False),
    sa.Column("picture_y", sa.Integer, nullable=False),
    sa.Column("picture_width", sa.Integer, nullable=False),
    # How strongly it shows, 1 to 100.
    sa.Column("picture_percent", sa.Integer, nullable=False),
)

for _table in (rooms, pcs, floor_maps):
    carried(_table)
