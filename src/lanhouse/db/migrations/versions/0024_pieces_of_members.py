"""An index of pieces over members, for searching (db/pieces). Where it cannot be made, the search
goes without, and `lanhouse doctor` says so.

Revision: 0024, after: 0023.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_FORGET = """INSERT INTO members_pieces (members_pieces, rowid, search_key)
    VALUES ('delete', old.id, old.search_key);"""
_ADD = "INSERT INTO members_pieces (rowid, search_key) VALUES (new.id, new.search_key);"
_SQLITE = (
    """CREATE VIRTUAL TABLE members_pieces USING fts5 (search_key, content='members',
        content_rowid='id', columnsize=0, detail='full', tokenize='trigram case_sensitive 1')""",
    "INSERT INTO members_pieces (members_pieces) VALUES ('rebuild')",
    f"CREATE TRIGGER members_pieces_new AFTER INSERT ON members BEGIN {_ADD} END",
    f"CREATE TRIGGER members_pieces_gone AFTER DELETE ON members BEGIN {_FORGET} END",
    f"""CREATE TRIGGER members_pieces_changed AFTER UPDATE OF search_key ON members
        WHEN old.search_key <> new.search_key BEGIN {_FORGET} {_ADD} END""",
)
# An owner of a database may add an extension that counts as trusted.
_MAY_EXTEND = """SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')
    OR EXISTS (SELECT FROM pg_available_extension_versions WHERE name = 'pg_trgm' AND (
        (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
        OR (trusted AND has_database_privilege(current_database(), 'CREATE'))))"""


def upgrade() -> None:
    """Make it, and read what is there."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        if connection.scalar(sa.text("SELECT sqlite_compileoption_used('ENABLE_FTS5')")):
            for statement in _SQLITE:
                op.execute(statement)
    elif connection.scalar(sa.text(_MAY_EXTEND)):
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.execute(
            "CREATE INDEX members_pieces ON members USING gin (search_key gin_trgm_ops)"
            " WITH (fastupdate = off)"  # a list of what is new would be read by each search
        )


def downgrade() -> None:
    """Take it away; the extension stays, others may use it."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("new", "gone", "changed"):
            op.execute(f"DROP TRIGGER IF EXISTS members_pieces_{name}")
        op.execute("DROP TABLE IF EXISTS members_pieces")
    else:
        op.execute("DROP INDEX IF EXISTS members_pieces")
