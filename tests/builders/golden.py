"""Answers as documents show them: the same keys, and the same JSON type behind each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).parents[1] / "contract" / "external" / "golden"


def golden(name: str) -> Any:
    """The example of this name."""
    return json.loads((GOLDEN / f"{name}.json").read_text())


def has_shape(found: Any, example: Any, where: str = "") -> None:
    """Assert that an answer has all that the example has, of the same types; more is allowed."""
    if isinstance(example, dict):
        assert isinstance(found, dict), where
        for key, value in example.items():
            assert key in found, f"{where}.{key} is missing"
            has_shape(found[key], value, f"{where}.{key}")
        return
    assert type(found) is type(example), f"{where} is {found!r}"
    if isinstance(example, list):
        for place, entry in enumerate(found):
            has_shape(entry, example[0], f"{where}[{place}]")
