"""The audit log's indexes hold what the filters of its page look at together.

Revision: 0028, after: 0027.
"""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_ACTOR = ["center_id", "actor_kind", "actor_id"]
_NEW = {
    "audit_log_actor_subject_ix": [*_ACTOR, "subject", "at", "id", "subject_id"],
    "audit_log_kind_ix": ["center_id", "subject", "at", "id"],
}
_WIDENED = {
    "audit_log_call_ix": (["center_id", "call", "at", "id"], ["subject", "subject_id"]),
    "audit_log_actor_call_ix": ([*_ACTOR, "call", "at", "id"], ["subject", "subject_id"]),
    "audit_log_subject_ix": (
        ["center_id", "subject", "subject_id", "at", "id"],
        ["actor_kind", "actor_id", "call"],
    ),
}


def upgrade() -> None:
    """Indexes alone."""
    for name, columns in _NEW.items():
        op.create_index(name, "audit_log", columns)
    for name, (columns, more) in _WIDENED.items():
        op.drop_index(name, "audit_log")
        op.create_index(name, "audit_log", [*columns, *more])


def downgrade() -> None:
    """The narrower ones."""
    for name in _NEW:
        op.drop_index(name, "audit_log")
    for name, (columns, _) in _WIDENED.items():
        op.drop_index(name, "audit_log")
        op.create_index(name, "audit_log", columns)
