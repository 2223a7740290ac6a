"""A refusal of the business names its own fields; each call tells its caller the names it takes."""

from __future__ import annotations

from typing import Annotated

import msgspec
import pytest
from msgspec import UNSET, Meta, UnsetType

from lanhouse.app import all_routes
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import Amount, also, means, names_of
from lanhouse.kit.said import Said, say


class SoldIn(msgspec.Struct):
    pc_name: Annotated[list[str], also("pcs"), means("pc_names", "names")]
    pc_cost: Annotated[Amount, means("amount")]
    new_name: Annotated[str, Meta(max_length=9), means("name")] | UnsetType | None = UNSET
    comment: str = ""


class CamelIn(msgspec.Struct, rename="camel"):
    game_id: str
    start: str = msgspec.field(default="", name="from")
    to: str = ""


class TwiceIn(msgspec.Struct):
    pc_cost: Annotated[Amount, means("amount")]
    tip: Annotated[Amount, means("amount")]


class TakenIn(msgspec.Struct):
    pc_cost: Annotated[Amount, means("amount")]
    amount: Amount


class OwnRefusal(InvalidInput):
    symbol = "OWN"

    def __init__(self, reason: str) -> None:
        super().__init__({"amount": reason})


def test_names_are_those_of_the_marks_and_of_renamed_fields() -> None:
    assert names_of(SoldIn) == {
        "pc_names": "pc_name",
        "names": "pc_name",
        "amount": "pc_cost",
        "name": "new_name",
    }
    assert names_of(CamelIn) == {"game_id": "gameId", "start": "from"}


@pytest.mark.parametrize("kind", [TwiceIn, TakenIn])
def test_no_two_fields_mean_the_same(kind: type[msgspec.Struct]) -> None:
    with pytest.raises(TypeError, match=f"{kind.__name__}: two fields mean amount"):
        names_of(kind)


def test_every_call_names_each_field_once() -> None:
    kinds = {route.input_type for route in all_routes() if route.input_type is not None}
    named = {kind.__name__: names_of(kind) for kind in kinds}
    assert named["PcChangeIn"]["new_name"] == "edit_pc_name"


def test_a_refusal_under_other_names_is_the_same_refusal() -> None:
    refusal = InvalidInput({"amount": say("is required"), "comment": "b"})
    named = refusal.renamed(names_of(SoldIn))
    assert dict(named.fields) == {"pc_cost": "is required", "comment": "b"}
    assert named.message == "pc_cost: is required; comment: b"
    assert isinstance(named.said, Said)
    assert dict(refusal.fields) == {"amount": "is required", "comment": "b"}
    assert refusal.renamed({"other": "else"}) is refusal


def test_a_refusal_of_its_own_kind_stays_one() -> None:
    named = OwnRefusal("is too small").renamed({"amount": "pc_cost"})
    assert isinstance(named, OwnRefusal)
    assert (named.symbol, named.message) == ("OWN", "pc_cost: is too small")
