"""What the mock provider writes down before it asks: sessions, rounds, messages, free rounds."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

_metadata = sa.MetaData()
_sessions = sa.Table(
    "sessions",
    _metadata,
    # In the address of the game's page.
    sa.Column("secret", sa.Text, primary_key=True),
    # The answer to authenticate, as JSON.
    sa.Column("told", sa.Text, nullable=False),
)
_rounds = sa.Table(
    "rounds",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("player", sa.Text, nullable=False),
    sa.Column("chosen", sa.Text, nullable=False),
    # Empty until it is drawn.
    sa.Column("side", sa.Text, nullable=False),
)
_messages = sa.Table(
    "messages",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    # The body of transaction as JSON; requestId is made anew at each try.
    sa.Column("body", sa.Text, nullable=False),
    # The platform's answer as JSON; null until there is one.
    sa.Column("answer", sa.Text),
)
_gifts = sa.Table(
    "gifts",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    # The body of freeRound as JSON.
    sa.Column("told", sa.Text, nullable=False),
    sa.Column("is_cancelled", sa.Boolean, nullable=False),
)


class Journal:
    """A small SQLite file, or memory where no path is given."""

    def __init__(self, path: str = "") -> None:
        self._engine = sa.create_engine(
            f"sqlite:///{path}",
            poolclass=sa.pool.StaticPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"check_same_thread": False},
        )
        _metadata.create_all(self._engine)

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()

    def add_session(self, secret: str, told: dict[str, Any]) -> None:
        """Keep a session that has begun."""
        self._write(sa.insert(_sessions).values(secret=secret, told=_text(told)))

    def session(self, secret: str) -> dict[str, Any] | None:
        """The answer to authenticate, or None."""
        return _value(self._scalar(sa.select(_sessions.c.told).where(_sessions.c.secret == secret)))

    def add_round(self, round_id: str, player: str, chosen: str) -> None:
        """Begin a round."""
        row = {"id": round_id, "player": player, "chosen": chosen, "side": ""}
        self._write(sa.insert(_rounds).values(row))

    def set_side(self, round_id: str, side: str) -> None:
        """Write down what was drawn, before anybody is told."""
        self._write(sa.update(_rounds).where(_rounds.c.id == round_id).values(side=side))

    def round(self, round_id: str, player: str) -> tuple[str, str] | None:
        """What the player chose and what was drawn (empty: nothing yet), or None."""
        with self._engine.connect() as connection:
            row = connection.execute(
                sa.select(_rounds).where(_rounds.c.id == round_id, _rounds.c.player == player)
            ).first()
        return None if row is None else (row.chosen, row.side)

    def add_message(self, body: dict[str, Any]) -> int:
        """Keep what will be asked; answers its number."""
        with self._engine.connect() as connection:
            done = connection.execute(sa.insert(_messages).values(body=_text(body)))
        return int((done.inserted_primary_key or (0,))[0])

    def set_answer(self, number: int, answer: dict[str, Any]) -> None:
        """Keep the platform's answer."""
        self._write(
            sa.update(_messages).where(_messages.c.number == number).values(answer=_text(answer))
        )

    def unanswered(self) -> list[tuple[int, dict[str, Any]]]:
        """What has no answer yet, in order."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(_messages)
                .where(_messages.c.answer.is_(None))
                .order_by(_messages.c.number)
            ).all()
        return [(row.number, msgspec.json.decode(row.body)) for row in rows]

    def add_gift(self, gift_id: str, told: dict[str, Any]) -> None:
        """Keep free rounds; the same ones again change nothing."""
        if self.gift(gift_id) is None:
            row = {"id": gift_id, "told": _text(told), "is_cancelled": False}
            self._write(sa.insert(_gifts).values(row))

    def cancel_gift(self, gift_id: str) -> None:
        """Take free rounds away."""
        self._write(sa.update(_gifts).where(_gifts.c.id == gift_id).values(is_cancelled=True))

    def gift(self, gift_id: str) -> dict[str, Any] | None:
        """Free rounds that were given, or None."""
        return _value(self._scalar(sa.select(_gifts.c.told).where(_gifts.c.id == gift_id)))

    def gifts(self) -> list[dict[str, Any]]:
        """Free rounds that were not taken away, oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(_gifts.c.told).where(~_gifts.c.is_cancelled).order_by(_gifts.c.id)
            ).all()
        return [msgspec.json.decode(row.told) for row in rows]

    def count_free(self, code: str, player: str) -> int:
        """How many free rounds of a campaign a player has begun."""
        with self._engine.connect() as connection:
            bodies = connection.execute(sa.select(_messages.c.body)).scalars().all()
        asked = [msgspec.json.decode(body) for body in bodies]
        return sum(
            one["transaction"]["type"] == "bet"
            and one["transaction"]["freeRoundCode"] == code
            and one["transaction"]["roundId"].startswith(f"{player}-")
            for one in asked
        )

    def _write(self, statement: Any) -> None:
        with self._engine.connect() as connection:
            connection.execute(statement)

    def _scalar(self, statement: Any) -> Any:
        with self._engine.connect() as connection:
            return connection.execute(statement).scalar()


def _text(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value).decode()


def _value(text: str | None) -> dict[str, Any] | None:
    return None if text is None else msgspec.json.decode(text)
