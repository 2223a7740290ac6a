"""Members and guests. Their money stands in the ledger, never here."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.carried import carried
from lanhouse.db.digested import digested
from lanhouse.db.pieces import pieces
from lanhouse.db.tables import NOT_IN_BACKUPS, metadata
from lanhouse.db.types import BigId, UtcTime

_IS_PENDING = sa.column("pending_import_id").is_not(None)

members = sa.Table(
    "members",
    metadata,
    # 11 digits, drawn at random; unique in the whole house, never used again.
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    # The account without difference of case; unique per centre. Empty once deleted, so that the
    # name can be given again.
    sa.Column("account_key", sa.Text),
    # A member group, 0, or one of the guests' -1 to -5; system groups have no row.
    sa.Column("group_id", sa.BigInteger, nullable=False),
    # argon2id; an empty one matches no password.
    sa.Column("password_hash", sa.Text, nullable=False),
    # A password that somebody else has set: until when it counts (real time). Whoever signs in with
    # it may do nothing but choose another one. Empty: the member's own.
    sa.Column("password_until", UtcTime),
    sa.Column("first_name", sa.Text, nullable=False),
    sa.Column("last_name", sa.Text, nullable=False),
    # YYYY-MM-DD; empty when not known.
    sa.Column("birthday", sa.Text),
    # The first moment at which the account is of no use any more; empty = never.
    sa.Column("expires_at", UtcTime),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("id_card", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    # As the wire has it: 0 not told, 1 male, 2 female.
    sa.Column("sex", sa.Integer, nullable=False),
    sa.Column("comments", sa.Text, nullable=False),
    # Where the account comes from: `account`, later google, facebook, telegram.
    sa.Column("oauth_platform", sa.Text, nullable=False),
    # Account, names, phone, e-mail and card in one lower-case text, for searching.
    sa.Column("search_key", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    # A deleted member keeps its row without anything personal: ledger and logs point here.
    sa.Column("deleted_at", UtcTime),
    # Counts changes by hand: a form that began before the last one is told so.
    sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
    # When his last session began or ended; empty before the first one, and of guests.
    sa.Column("last_visit_at", UtcTime),
    # When the account is made nobody's, unless he comes before (setting member_retention_months).
    sa.Column("leaves_at", UtcTime),
    # The import (imports.tables) that brings it in and has not ended. Such a row has a
    # `deleted_at`, so that nobody sees it, and holds its account's name already.
    sa.Column("pending_import_id", sa.BigInteger),
    sa.UniqueConstraint("center_id", "account_key"),
    sa.CheckConstraint("id BETWEEN 10000000000 AND 99999999999", name="id"),
    sa.Index("members_group_ix", "center_id", "group_id"),
    sa.Index("members_created_ix", "center_id", "created_at", "id"),
    sa.Index("members_expires_ix", "center_id", "expires_at"),
    sa.Index("members_visit_ix", "center_id", "last_visit_at"),
    sa.Index(
        "members_leaves_ix",
        *("center_id", "leaves_at"),
        sqlite_where=sa.column("leaves_at").is_not(None),
        postgresql_where=sa.column("leaves_at").is_not(None),
    ),
    sa.Index(
        "members_pending_ix",
        "center_id",
        "pending_import_id",
        sqlite_where=_IS_PENDING,
        postgresql_where=_IS_PENDING,
    ),
)

# Passwords that came in with an import, sealed under the server secret until they are hashed; a row
# goes with its hash. What stands here is left out of every backup.
staged_passwords = sa.Table(
    "staged_passwords",
    metadata,
    sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("import_id", sa.BigInteger, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Index("staged_passwords_center_ix", "center_id", "import_id", "member_id"),
    info={NOT_IN_BACKUPS: True},
)

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

MEMBER_PIECES = pieces("members_pieces", members.c.id, members.c.search_key)

# What a member looks like; no row = no photo is kept.
member_photos = sa.Table(
    "member_photos",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column(
        *("member_id", sa.BigInteger, sa.ForeignKey("members.id")),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column("file_key", sa.Text, sa.ForeignKey("files.key"), nullable=False),
    sa.Index("member_photos_file_ix", "file_key"),
)

# What the staff should know of a member. Free text of persons, no evidence: it goes with them.
member_notes = sa.Table(
    "member_notes",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("member_id", sa.BigInteger, sa.ForeignKey("members.id"), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    # Shown wherever the desk chooses the member.
    sa.Column("is_pinned", sa.Boolean, nullable=False),
    # As in billing_logs: 0 and "API" for an API key.
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("staff_name", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Index("member_notes_member_ix", "center_id", "member_id", "id"),
    sa.Index(
        "member_notes_pinned_ix",
        *("center_id", "member_id"),
        sqlite_where=sa.column("is_pinned").is_(sa.true()),
        postgresql_where=sa.column("is_pinned").is_(sa.true()),
    ),
)

# What a member has agreed to. A row is never written over: a withdrawn consent that is given
# anew is another row. It stays as the proof when the member is forgotten, without `details`.
member_consents = sa.Table(
    "member_consents",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("member_id", sa.BigInteger, sa.ForeignKey("members.id"), nullable=False),
    # rules.CONSENTS.
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
    sa.Column("given_at", UtcTime, nullable=False),
    # Who of the staff took it down, as the person was called then; empty: the member himself.
    sa.Column("given_to", sa.Text, nullable=False),
    sa.Column("withdrawn_at", UtcTime),
    sa.Column("withdrawn_by", sa.Text, nullable=False),
    sa.Index("member_consents_member_ix", "center_id", "member_id", "id"),
)

# Choices of the list of members that a person of the staff has given a name.
member_views = sa.Table(
    "member_views",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    # The part of the list's address behind the question mark.
    sa.Column("query", sa.Text, nullable=False),
    sa.UniqueConstraint("center_id", "staff_id", "name"),
)

carried(member_views)
digested(member_consents, 145, "center_id", "member_id", "kind", "given_at", "withdrawn_at")
