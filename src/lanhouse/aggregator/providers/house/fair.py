"""Provably fair numbers: a stream that the house commits to and the player can recompute.

The house draws a server seed (64 hexadecimal digits) and shows only its SHA-256. The player
chooses a client seed. Round `nonce` of that pair reads the bytes
HMAC-SHA256(key = server seed, message = "client_seed:nonce:block") for block 0, 1, 2 and so on.
A round of several steps (cards, free spins) reads on where its last step stopped.
When the seed is rotated the house reveals it, and everyone can check the commitment and each round.

This file uses the standard library only, so it can be copied out and run alone as a verifier.
Source: aggregator-domain 5.1 (rejection sampling on integers; no float, no modulo bias).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence

SERVER_SEED_HEX_DIGITS = 64
WORD_BYTES = 4
BLOCK_WORDS = 32 // WORD_BYTES
"""Words of one HMAC-SHA256."""
WORDS = 1 << (8 * WORD_BYTES)
"""How many values one word of the stream can take."""
CLIENT_SEED_CHARS_MAX = 64

_SERVER_SEED = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CLIENT_SEED = re.compile(r"[A-Za-z0-9 _.\-]{1,64}", re.ASCII)


def new_server_seed() -> str:
    """A fresh secret of 256 random bits as 64 lower-case hexadecimal digits."""
    return secrets.token_hex(SERVER_SEED_HEX_DIGITS // 2)


def commitment_of(server_seed: str) -> str:
    """The SHA-256 of the seed's text in hex: what is published before the first round."""
    return hashlib.sha256(server_seed.encode("ascii")).hexdigest()


def is_client_seed(text: str) -> bool:
    """Whether `text` may be a client seed: 1 to 64 letters, digits, spaces, dots, _ or -.

    A colon is not allowed: it separates the parts of the message, so two different rounds could
    otherwise read the same bytes.
    """
    return _CLIENT_SEED.fullmatch(text) is not None


class FairStream:
    """The numbers of one round, read in order from a position: 0, or where an earlier step of the
    round stopped.

    >>> FairStream("ab" * 32, "blue-otter-12", 1).below(20) in range(20)
    True
    """

    __slots__ = ("_block", "_key", "_prefix", "_words")

    def __init__(self, server_seed: str, client_seed: str, nonce: int, position: int = 0) -> None:
        if _SERVER_SEED.fullmatch(server_seed) is None:
            raise ValueError("a server seed is 64 lower-case hexadecimal digits")
        if not is_client_seed(client_seed):
            raise ValueError("a client seed is 1 to 64 letters, digits, spaces, dots, _ or -")
        if nonce < 0:
            raise ValueError("a nonce is not negative")
        if position < 0:
            raise ValueError("a position is not negative")
        self._key = server_seed.encode("ascii")
        self._prefix = f"{client_seed}:{nonce}:"
        self._block, skipped = divmod(position, BLOCK_WORDS)
        self._words: list[int] = []
        for _ in range(skipped):
            self.next_word()

    @property
    def position(self) -> int:
        """How many words are read so far, thrown away ones too: where a later step reads on."""
        return self._block * BLOCK_WORDS - len(self._words)

    def next_word(self) -> int:
        """The next 32 bits of the stream, big-endian."""
        if not self._words:
            message = f"{self._prefix}{self._block}".encode("ascii")
            digest = hmac.digest(self._key, message, "sha256")
            self._words = [
                int.from_bytes(digest[start : start + WORD_BYTES], "big")
                for start in range(0, len(digest), WORD_BYTES)
            ]
            self._words.reverse()
            self._block += 1
        return self._words.pop()

    def below(self, bound: int) -> int:
        """A number of 0 ... bound - 1, every one equally likely.

        Words at or above the largest multiple of `bound` are thrown away; without that the low
        numbers would come up more often.
        """
        if not 1 <= bound <= WORDS:
            raise ValueError("bound is 1 to 2**32")
        limit = WORDS - WORDS % bound
        word = self.next_word()
        while word >= limit:
            word = self.next_word()
        return word % bound


def draw(server_seed: str, client_seed: str, nonce: int, bounds: Sequence[int]) -> tuple[int, ...]:
    """One number below each of `bounds`, in order: the whole outcome of a round."""
    stream = FairStream(server_seed, client_seed, nonce)
    return tuple(stream.below(bound) for bound in bounds)


def verify(
    server_seed: str,
    commitment: str,
    client_seed: str,
    nonce: int,
    bounds: Sequence[int],
    outcome: Sequence[int],
) -> bool:
    """Whether the revealed seed is the committed one and gives exactly this outcome."""
    if not hmac.compare_digest(commitment_of(server_seed), commitment):
        return False
    return draw(server_seed, client_seed, nonce, bounds) == tuple(outcome)
