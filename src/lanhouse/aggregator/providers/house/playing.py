"""The one entry to playing a game of House, wherever the player's wallet is."""

from __future__ import annotations

from lanhouse.aggregator.launch.call import GameCall
from lanhouse.aggregator.providers.house.commands import act
from lanhouse.aggregator.providers.house.schemas import ActCmd, Acted


async def play_act(call: GameCall, cmd: ActCmd) -> Acted:
    """Do what a player does, in one transaction where his wallet is with us; raises what act()
    raises."""
    return await call.run(act, cmd)
