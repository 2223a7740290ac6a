"""A mask carries its token, looks new each time, and nothing else passes for one."""

from __future__ import annotations

import base64

import pytest

from lanhouse.auth.masks import is_mask_of, mask
from lanhouse.kit import ids

TOKEN = ids.new_secret("csrf")


def test_every_mask_of_a_token_is_another_text_and_carries_it() -> None:
    masks = {mask(TOKEN) for _ in range(100)}
    assert len(masks) == 100
    assert all(is_mask_of(each, TOKEN) for each in masks)
    assert not any(TOKEN in each or TOKEN[5:] in each for each in masks)


def test_no_place_of_a_mask_stays_the_same() -> None:
    """A text that came twice in all of them would be what compression finds."""
    masks = [base64.urlsafe_b64decode(mask(TOKEN)) for _ in range(100)]
    assert all(len(set(place)) > 20 for place in zip(*masks, strict=True))


def test_it_is_of_one_token_only() -> None:
    assert not is_mask_of(mask(ids.new_secret("csrf")), TOKEN)
    assert not is_mask_of(mask(TOKEN[:-1]), TOKEN)


def test_a_changed_one_is_refused() -> None:
    good = mask(TOKEN)
    for place in range(len(good)):
        other = "A" if good[place] != "A" else "B"
        assert not is_mask_of(good[:place] + other + good[place + 1 :], TOKEN)


@pytest.mark.parametrize("text", ["", "A", "AA==", "AAAA", "ä" * 128, "\x00"])
def test_what_is_none_is_refused(text: str) -> None:
    assert not is_mask_of(text, TOKEN)


def test_the_token_itself_and_parts_of_a_mask_are_none() -> None:
    good = mask(TOKEN)
    for text in (TOKEN, good[:-4], good + "AAAA"):
        assert not is_mask_of(text, TOKEN)


def test_of_no_token_there_is_no_mask() -> None:
    """Before sign-in a page shows nothing, and nothing sent is right."""
    assert mask("") == ""
    assert not is_mask_of("", "")
    assert not is_mask_of(mask(TOKEN), "")
