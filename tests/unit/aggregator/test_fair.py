"""The provably fair stream: published vectors, rejection sampling, distribution."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from fractions import Fraction

import pytest

from lanhouse.aggregator.providers.house import fair

SEED = "0123456789abcdef" * 4
VECTORS = [
    # server seed, client seed, nonce, five numbers below 20 (docs/fair-play.md)
    (SEED, "blue-otter-12", 0, (3, 9, 12, 7, 8)),
    (SEED, "blue-otter-12", 1, (13, 13, 8, 15, 17)),
    ("f" * 64, "Lanhouse", 57, (14, 11, 7, 14, 0)),
]


class WordsStream(fair.FairStream):
    """A stream whose words are given, to look at rejection alone."""

    def __init__(self, words: list[int]) -> None:
        super().__init__(SEED, "given", 0)
        self._words = words[::-1]


def chi_square(counts: Counter[int], values: int) -> Fraction:
    total = sum(counts.values())
    expected = Fraction(total, values)
    return sum(((counts[v] - expected) ** 2 / expected for v in range(values)), Fraction(0))


def test_bytes_are_hmac_sha256_of_client_seed_nonce_and_block() -> None:
    stream = fair.FairStream(SEED, "blue-otter-12", 7)
    got = b"".join(stream.next_word().to_bytes(4, "big") for _ in range(16))
    first = hmac.new(SEED.encode(), b"blue-otter-12:7:0", hashlib.sha256).digest()
    second = hmac.new(SEED.encode(), b"blue-otter-12:7:1", hashlib.sha256).digest()
    assert got == first + second


def test_hmac_agrees_with_rfc_4231() -> None:
    # Case 2 of the RFC: the primitive under the stream is the standard one.
    digest = hmac.digest(b"Jefe", b"what do ya want for nothing?", "sha256")
    assert digest.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


@pytest.mark.parametrize(("server", "client", "nonce", "numbers"), VECTORS)
def test_published_vectors(server: str, client: str, nonce: int, numbers: tuple[int, ...]) -> None:
    assert fair.draw(server, client, nonce, (20,) * 5) == numbers


def test_commitment_is_sha256_of_the_text_of_the_seed() -> None:
    assert fair.commitment_of(SEED) == hashlib.sha256(SEED.encode()).hexdigest()
    assert fair.commitment_of(SEED) != hashlib.sha256(bytes.fromhex(SEED)).hexdigest()


def test_words_beyond_the_last_whole_multiple_are_thrown_away() -> None:
    limit = 2**32 - 2**32 % 20
    assert WordsStream([limit, 2**32 - 1, 41]).below(20) == 1
    assert WordsStream([limit - 1]).below(20) == 19
    assert WordsStream([2**32 - 1]).below(2**32) == 2**32 - 1


def test_every_number_has_equally_many_words() -> None:
    # With 8 kept words of 3 values each number must own the same share; shown on the real limit.
    for bound in (2, 3, 7, 20, 37, 52, 2**31 + 1):
        limit = 2**32 - 2**32 % bound
        assert limit % bound == 0
        assert limit + bound > 2**32


@pytest.mark.parametrize("bound", [0, -1, 2**32 + 1])
def test_bound_outside_the_range_is_refused(bound: int) -> None:
    with pytest.raises(ValueError, match="bound"):
        fair.FairStream(SEED, "x", 0).below(bound)


# Upper 1 % points of chi-square: 19, 1 and 399 degrees of freedom.
@pytest.mark.parametrize(("values", "critical"), [(20, Fraction("36.191")), (2, Fraction("6.635"))])
def test_numbers_are_even_at_99_percent(values: int, critical: Fraction) -> None:
    counts = Counter(
        fair.FairStream("5e" * 32, "chi-square", nonce).below(values) for nonce in range(20_000)
    )
    assert set(counts) == set(range(values))
    assert chi_square(counts, values) < critical


def test_neighbouring_reels_do_not_depend_on_each_other_at_99_percent() -> None:
    counts: Counter[int] = Counter()
    for nonce in range(20_000):
        first, second = fair.draw("5e" * 32, "pairs", nonce, (20, 20))
        counts[first * 20 + second] += 1
    assert chi_square(counts, 400) < Fraction("468.724")


def test_following_rounds_do_not_depend_on_each_other_at_99_percent() -> None:
    counts: Counter[int] = Counter()
    last = fair.FairStream("5e" * 32, "serial", 0).below(20)
    for nonce in range(1, 20_001):
        here = fair.FairStream("5e" * 32, "serial", nonce).below(20)
        counts[last * 20 + here] += 1
        last = here
    assert chi_square(counts, 400) < Fraction("468.724")


def test_verify_accepts_only_the_committed_seed_and_the_true_outcome() -> None:
    commitment = fair.commitment_of(SEED)
    bounds = (20,) * 5
    outcome = fair.draw(SEED, "me", 3, bounds)
    assert fair.verify(SEED, commitment, "me", 3, bounds, outcome)
    assert not fair.verify("f" * 64, commitment, "me", 3, bounds, outcome)
    assert not fair.verify(SEED, commitment, "me", 4, bounds, outcome)
    assert not fair.verify(SEED, commitment, "you", 3, bounds, outcome)
    wrong = ((outcome[0] + 1) % 20, *outcome[1:])
    assert not fair.verify(SEED, commitment, "me", 3, bounds, wrong)


@pytest.mark.parametrize("seed", ["", "AB" * 32, "ab" * 31, "zz" * 32, "ab" * 32 + "\n"])
def test_malformed_server_seed_is_refused(seed: str) -> None:
    with pytest.raises(ValueError, match="server seed"):
        fair.FairStream(seed, "x", 0)


@pytest.mark.parametrize("seed", ["", "a:1", "x" * 65, "é", "line\n", "<b>"])
def test_malformed_client_seed_is_refused(seed: str) -> None:
    assert not fair.is_client_seed(seed)
    with pytest.raises(ValueError, match="client seed"):
        fair.FairStream(SEED, seed, 0)


def test_new_server_seeds_are_well_formed_and_differ() -> None:
    seeds = {fair.new_server_seed() for _ in range(100)}
    assert len(seeds) == 100
    assert all(len(seed) == 64 and set(seed) <= set("0123456789abcdef") for seed in seeds)
