"""docs/provider-port.md: its vectors, codes and calls are those of the program; and amounts in
a studio's unit."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from lanhouse.aggregator.errors import InvalidAmount
from lanhouse.aggregator.providers.remote.catalogue import StudioGame, StudioSelf
from lanhouse.aggregator.providers.remote.refusals import PORT_CODES, WalletRefused
from lanhouse.aggregator.providers.remote.rules import amount_micros, in_unit
from lanhouse.aggregator.providers.remote.schemas import (
    PortMoveIn,
    PortSessionOut,
    PortTransactionOut,
)
from lanhouse.aggregator.rounds.commands.operators import BET_REFUSALS
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.signing import check_signed, sign
from lanhouse.app import all_routes
from lanhouse.kit.errors import InvalidInput

TEXT = (Path(__file__).parents[3] / "docs" / "provider-port.md").read_text()
VECTORS = re.findall(r"^\| `([^`]+)` \| `(\d+)` \| `([^`]+)` \| `([0-9a-f]{64})` \|$", TEXT, re.M)


def test_the_vectors_are_right() -> None:
    assert len(VECTORS) == 3
    for key, at, body, signature in VECTORS:
        assert sign(key, int(at), body.encode()) == signature
        headers = {"x-timestamp": at, "x-signature": signature}
        check_signed([key], headers, body.encode(), int(at) + 300)


def test_every_field_and_call_is_named() -> None:
    for kind in (PortMoveIn, PortSessionOut, PortTransactionOut, StudioGame, StudioSelf):
        for field in msgspec.structs.fields(kind):
            assert f'"{field.encode_name}"' in TEXT, field.encode_name
    calls = {r.path.rpartition("/")[2] for r in all_routes() if r.surface == "provider"}
    assert calls == set(re.findall(r"^### (\w+)$", TEXT, re.M))


def test_every_code_of_an_operator_has_a_word_of_the_port() -> None:
    for code in BET_REFUSALS | set(PORT_CODES):
        assert f"`{WalletRefused(code).symbol}`" in TEXT


@pytest.mark.parametrize(
    ("micros", "scale", "told"),
    [
        (5_000_000_000, "1000", 5_000_000),
        (1_000_000, "3", 333_333),
        (-1_000_000, "3", -333_334),
        (7, "1", 7),
        (1_000_000, "0.001", 1_000_000_000),
    ],
)
def test_a_balance_is_never_told_larger_than_it_is(micros: int, scale: str, told: int) -> None:
    assert in_unit(micros, scale) == told


def test_amounts_have_the_sign_of_their_type() -> None:
    assert amount_micros("-0.2", TxType.BET, is_free=False) == 200_000
    assert amount_micros("0", TxType.BET, is_free=True) == 0
    assert amount_micros("0", TxType.SETTLE, is_free=False) == 0
    assert amount_micros("1.5", TxType.ROLLBACK, is_free=False) == 1_500_000
    assert amount_micros(None, TxType.ROLLBACK, is_free=False) == 0
    for raw, kind in (("0.2", TxType.BET), ("0", TxType.BET), ("-1", TxType.SETTLE)):
        with pytest.raises(InvalidAmount):
            amount_micros(raw, kind, is_free=False)
    with pytest.raises(InvalidInput):
        amount_micros(None, TxType.SETTLE, is_free=False)
