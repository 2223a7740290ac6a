"""Seeds that House commits to, and the rounds that were drawn from them."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Json, Money, UtcTime

_IS_IN_USE = sa.column("state").in_(["next", "active"])
_IS_OPEN = sa.column("state") == "open"

# For each player one seed that is played, and one whose commitment is shown already: the player's
# next client seed meets a server seed that was fixed before he chose it.
house_seeds = sa.Table(
    "house_seeds",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), nullable=False),
    # next: only its commitment is shown; active: rounds are drawn from it; revealed: public;
    # lost: it was sealed under a server secret that is gone, and nothing is drawn from it any more.
    sa.Column("state", sa.Text, nullable=False),
    # The seed under the server secret (kit.vault); null for one that an older version kept in the
    # clear, until a server with its secret starts. Beside it the fingerprint of that secret.
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("sealed_under", sa.Text, nullable=False, server_default=""),
    # Empty until the seed is revealed, but for one of an older version.
    sa.Column("server_seed", sa.Text, nullable=False),
    # SHA-256 of the server seed's text.
    sa.Column("commitment", sa.Text, nullable=False),
    # Empty while the seed is `next`, and while it is active until a browser has sent one.
    sa.Column("client_seed", sa.Text, nullable=False),
    # The nonce of the newest round; the first round has 1.
    sa.Column("last_nonce", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("created_at", UtcTime, nullable=False),
    # When it was revealed or lost.
    sa.Column("revealed_at", UtcTime),
    sa.CheckConstraint("state IN ('next', 'active', 'revealed', 'lost')", name="state"),
    sa.Index(
        "house_seeds_open_key",
        "agent_id",
        "player_id",
        "state",
        unique=True,
        sqlite_where=_IS_IN_USE,
        postgresql_where=_IS_IN_USE,
    ),
    # The seed before and the seed behind one of a player.
    sa.Index("house_seeds_player_ix", "agent_id", "player_id", "id"),
)

house_rounds = sa.Table(
    "house_rounds",
    metadata,
    sa.Column("round_id", sa.BigInteger, sa.ForeignKey("game_rounds.id"), primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    # Where it was begun; it may go on in another session.
    sa.Column("session_id", sa.BigInteger, sa.ForeignKey("game_sessions.id"), nullable=False),
    # The browser's own id of the act that began it: sent twice, it is played once.
    sa.Column("client_key", sa.Text, nullable=False),
    sa.Column("seed_id", sa.BigInteger, sa.ForeignKey("house_seeds.id"), nullable=False),
    sa.Column("nonce", sa.BigInteger, nullable=False),
    # All that the player staked so far; what a campaign gave stands in the game's state.
    sa.Column("bet_micros", Money, nullable=False),
    # All that was paid; null while the round is open.
    sa.Column("win_micros", Money),
    # Every number drawn so far; of Night Shift the stops of its reels.
    sa.Column("numbers", Json),
    sa.Column("game_version", sa.Text, nullable=False),
    sa.Column("rules_hash", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    # Null for a round of before 0063 whose key the player used in two sessions.
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id")),
    # Its id on the wire; 64 random bits in it keep the public page unguessable.
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("game_id", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    # open, done, or void: rolled back, its nonce is used up.
    sa.Column("state", sa.Text, nullable=False),
    # All that the game knows of the round (games.step.State); null for one of before 0063, of
    # which the numbers and the bet say everything.
    sa.Column("game_state", Json),
    # What may be done next; empty when it is over.
    sa.Column("actions", Json, nullable=False),
    # SHA-256 in hex over what its first act asked; null for one of before 0068.
    sa.Column("asked_digest", sa.Text),
    sa.UniqueConstraint("seed_id", "nonce"),
    sa.UniqueConstraint("agent_id", "player_id", "client_key"),
    sa.CheckConstraint("state IN ('open', 'done', 'void')", name="state"),
    sa.Index(
        "house_rounds_open_key",
        "agent_id",
        "player_id",
        "game_id",
        "currency",
        unique=True,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
    sa.Index("house_rounds_session_ix", "session_id", "round_id"),
    # The last finished round of a game and currency, wherever its player comes back.
    sa.Index("house_rounds_player_ix", "agent_id", "player_id", "game_id", "currency", "round_id"),
)

# Acts whose bet an operator has not answered yet, one for each player, game and currency: the nonce
# is taken, nothing is drawn. The row goes when the bet is taken and drawn for, or came to nothing.
house_waiting = sa.Table(
    "house_waiting",
    metadata,
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), primary_key=True),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), primary_key=True),
    sa.Column("game_id", sa.Text, primary_key=True),
    sa.Column("currency", sa.Text, primary_key=True),
    # The pending bet, its round, and the provider's ids of both.
    sa.Column(
        "transaction_id",
        sa.BigInteger,
        sa.ForeignKey("game_transactions.id"),
        nullable=False,
        unique=True,
    ),
    sa.Column("round_id", sa.BigInteger, sa.ForeignKey("game_rounds.id"), nullable=False),
    sa.Column("session_id", sa.BigInteger, sa.ForeignKey("game_sessions.id"), nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("provider_tx_id", sa.Text, nullable=False),
    # What the player does, and the browser's own id of it.
    sa.Column("client_key", sa.Text, nullable=False),
    sa.Column("action", Json, nullable=False),
    sa.Column("seed_id", sa.BigInteger, sa.ForeignKey("house_seeds.id"), nullable=False),
    sa.Column("nonce", sa.BigInteger, nullable=False),
    # Whether it begins a round, which then is void if the bet comes to nothing.
    sa.Column("is_new", sa.Boolean, nullable=False),
    sa.Column("bet_micros", Money, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
)

# What a player did in a round after its first act: the same key gets the same answer.
house_acts = sa.Table(
    "house_acts",
    metadata,
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), primary_key=True),
    sa.Column("client_key", sa.Text, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("round_id", sa.BigInteger, sa.ForeignKey("game_rounds.id"), nullable=False),
    # 1 for the first act of a round.
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    # SHA-256 in hex over what was asked.
    sa.Column("asked_digest", sa.Text, nullable=False),
    # Staked and paid by then in the whole round.
    sa.Column("bet_micros", Money, nullable=False),
    sa.Column("win_micros", Money, nullable=False),
    sa.Column("actions", Json, nullable=False),
    sa.Column("game_state", Json, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    # What was answered beside the round, null for an act of before 0068: the wallet's balance, and
    # the newest nonce of the seed, which rounds of other games use too.
    sa.Column("balance_micros", Money),
    sa.Column("last_nonce", sa.BigInteger),
    sa.UniqueConstraint("round_id", "number"),
)

digested(
    house_rounds,
    10,
    "agent_id",
    "session_id",
    "client_key",
    "seed_id",
    "nonce",
    "bet_micros",
    "win_micros",
    "numbers",
    "game_version",
    "rules_hash",
    "at",
    later=[
        ("player_id", "code", "game_id", "currency", "state", "game_state", "actions"),
        ("asked_digest",),
    ],
)

digested(
    house_acts,
    670,
    "agent_id",
    "round_id",
    "number",
    "action",
    "asked_digest",
    "bet_micros",
    "win_micros",
    "actions",
    "game_state",
    "at",
    later=[("balance_micros", "last_nonce")],
)
