"""Which PC names a text means, as people write it."""

from __future__ import annotations

import pytest

from lanhouse.cafe.pcs.rules import is_match, names_in
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import MAX_PC


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("PC01", ["PC01"]),
        ("PC01 to PC03", ["PC01", "PC02", "PC03"]),
        ("PC01 bis PC02", ["PC01", "PC02"]),
        ("PC01 TO pc02", ["PC01", "PC02"]),
        ("PC01-PC03", ["PC01", "PC02", "PC03"]),
        ("PC01 - PC02", ["PC01", "PC02"]),
        ("PC01–PC02", ["PC01", "PC02"]),
        ("PC08 to 11", ["PC08", "PC09", "PC10", "PC11"]),
        ("PC8 to PC11", ["PC8", "PC9", "PC10", "PC11"]),
        ("PC099 to PC101", ["PC099", "PC100", "PC101"]),
        ("1 to 3", ["1", "2", "3"]),
        ("VIP1, VIP2", ["VIP1", "VIP2"]),
        ("VIP1; ;Bar 1 to Bar 2,", ["VIP1", "Bar 1", "Bar 2"]),
        ("PC05 to PC05", ["PC05"]),
        ("Tower one", ["Tower one"]),
        # A hyphen that belongs to the name.
        ("PS5-01", ["PS5-01"]),
        ("PS5-01-PS5-02", ["PS5-01", "PS5-02"]),
        ("PS5-01 to PS5-02", ["PS5-01", "PS5-02"]),
        ("10-20", ["10-20"]),
        ("Stop to", ["Stop to"]),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    assert names_in(text) == names


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is required"),
        (" , ;", "is required"),
        ("PC80 to PC01", "PC80 comes after PC01"),
        ("PC80-PC01", "PC80 comes after PC01"),
        ("PC01 to VIP80", "PC01 to VIP80: both must begin alike"),
        ("first to last", "first to last: both must end with a number"),
        (f"P{1} to P{MAX_PC + 1}", f"must be at most {MAX_PC} PCs"),
        ("P0 to P999999999", f"must be at most {MAX_PC} PCs"),
        (f"A1 to A{MAX_PC}, B1", f"must be at most {MAX_PC} PCs"),
        ("x" * 51, f"{'x' * 51} is longer than 50 signs"),
    ],
)
def test_refusals(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        names_in(text)
    assert refused.value.fields == {"names": reason}


def test_as_many_as_a_centre_may_have() -> None:
    assert len(names_in(f"PC001 to PC{MAX_PC}")) == MAX_PC


@pytest.mark.parametrize(
    ("text", "is_found"),
    [("", True), ("pc0", True), ("vip room", True), ("FAN", True), ("fan pc02", False)],
)
def test_search(text: str, is_found: bool) -> None:
    assert is_match(text, "PC01", "VIP", "Red Room", "Fan noise") is is_found
