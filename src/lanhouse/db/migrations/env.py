"""Alembic's entry: runs on the connection that lanhouse.db.migrate hands over."""

from __future__ import annotations

from alembic import context

from lanhouse.db.drafts import is_of_the_history, without_notes
from lanhouse.tables import complete_metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=complete_metadata(),
    render_as_batch=True,
    compare_server_default=False,
    include_name=is_of_the_history,
    process_revision_directives=without_notes,
)
context.run_migrations()
