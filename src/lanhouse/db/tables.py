"""The one MetaData of the house; every noun defines its tables on it."""

from __future__ import annotations

import sqlalchemy as sa

NOT_IN_BACKUPS = "not in backups"
"""In the `info` of a table whose rows no backup holds (decision 0159)."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_ix",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)


def left_out_of_backups() -> list[str]:
    """The names of the tables whose rows no backup holds; every noun's tables are imported."""
    return [table.name for table in metadata.sorted_tables if table.info.get(NOT_IN_BACKUPS)]
