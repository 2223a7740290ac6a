"""Imports every noun's tables, so that the one MetaData is complete (migrations, tests)."""

from __future__ import annotations

import importlib
import pkgutil

import sqlalchemy as sa

import lanhouse
from lanhouse.db.tables import metadata


def complete_metadata() -> sa.MetaData:
    """The MetaData with the tables of the whole house."""
    for module in pkgutil.walk_packages(lanhouse.__path__, "lanhouse."):
        if module.name.endswith(".tables") and module.name != "lanhouse.tables":
            importlib.import_module(module.name)
    importlib.import_module("lanhouse.db.audit")
    importlib.import_module("lanhouse.db.outbox")
    importlib.import_module("lanhouse.db.clock_row")
    importlib.import_module("lanhouse.db.digests")
    return metadata
