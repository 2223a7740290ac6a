"""Money that a game moves: `begin` and `conclude` (decision 0190); `sending` goes between.

Whoever asks, and wherever the wallet is, these are the only functions that move a player's money by
a game. Where the wallet is with us both run in one transaction of the database.
"""

from lanhouse.aggregator.rounds.commands.begin import begin, refuse_for_good
from lanhouse.aggregator.rounds.commands.conclude import conclude, take_due

__all__ = ["begin", "conclude", "refuse_for_good", "take_due"]
