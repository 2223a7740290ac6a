"""Games for play tokens; off until the owner turns them on."""

from __future__ import annotations

from typing import Annotated, ClassVar

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.member.minors import MinorKeys
from lanhouse.kit.texts import N_


class PlayKeys(MinorKeys, frozen=True, kw_only=True):
    """Whether members play for tokens."""

    part: ClassVar[str] = N_("Play tokens")

    play_tokens_enable: Annotated[
        bool,
        key(
            N_("Games for play tokens"),
            N_(
                "On: adult members, of whose age the desk has seen a proof, play games on the"
                " portal for tokens. Tokens are given, 1 000 a day up to 5 000, and are worth"
                " nothing: nobody buys, exchanges, hands on or spends them."
            ),
            is_ours=True,
        ),
    ] = False
