"""What the program at a seat asks for beside signing people in."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.client.tables import favorite_games
from lanhouse.cafe.facts import MemberForgotten, PackagesChanged
from lanhouse.cafe.members.commands.notes import NewConsent, give_consent
from lanhouse.cafe.members.commands.photos import MemberPhoto, has_agreed, show_photo
from lanhouse.cafe.members.locks import lock_one
from lanhouse.cafe.members.rules import PHOTO
from lanhouse.cafe.money.movements import Movement, move
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.sessions.commands import Checkout, check_out_at_shutdown
from lanhouse.cafe.sessions.commands.base import lock_sessions
from lanhouse.cafe.sessions.commands.ending import make_way
from lanhouse.cafe.sessions.queries import open_session_on_pc, open_sessions_of_member
from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import Refused
from lanhouse.kit.pictures import Picture
from lanhouse.kit.said import say

FAVORITES_MAX = 200
_HIS = (favorite_games.c.center_id == sa.bindparam("center")) & (
    favorite_games.c.member_id == sa.bindparam("member")
)
_LIKE = static(insert_ignore(favorite_games).returning(favorite_games.c.game_id))
_DISLIKE = static(
    sa.delete(favorite_games)
    .where(_HIS, favorite_games.c.game_id == sa.bindparam("game"))
    .returning(favorite_games.c.game_id)
)
_COUNT = static(sa.select(sa.func.count()).select_from(favorite_games).where(_HIS))
_FORGET = static(sa.delete(favorite_games).where(_HIS))


class AutoCheckout(msgspec.Struct, frozen=True, kw_only=True):
    """The time at a seat is over, or the seat shuts down: `pc_id`, where it is known; `member_id`
    of the member who asks, 0 for the program of the seat."""

    center: Center
    actor: Actor
    pc_id: int
    member_id: int


class TakePackages(msgspec.Struct, frozen=True):
    """Go on with whatever a member may use now."""

    center: Center
    member_id: int


class Favorite(msgspec.Struct, frozen=True):
    """A game by its number, that a member likes or does not any more."""

    center: Center
    member_id: int
    game_id: int


class Avatar(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that a member shows of himself (None: none any more); he `agrees` to a photo."""

    center: Center
    actor: Actor
    member_id: int
    picture: Picture | None
    agrees: bool


class SeatEvent(msgspec.Struct, frozen=True):
    """What the program of a seat reports."""

    center: Center
    actor: Actor
    pc_name: str
    event: Event


def auto_check_out(tx: Tx, cmd: AutoCheckout) -> list[str]:
    """End what is over at a seat, or of a member; and at a seat what goes on, where the setting
    auto_checkout_when_shutdown says so. Answers the names of the PCs whose sessions were ended.

    Nobody stands at the desk: what is due stays open, and what is left stays on the account.
    """
    center_id = cmd.center.id
    if cmd.member_id:
        running = open_sessions_of_member(tx, center_id, cmd.member_id)
        ids = [each.id for each in running if cmd.pc_id in (0, each.pc_id)]
    else:
        on_pc = open_session_on_pc(tx, center_id, cmd.pc_id)
        ids = [] if on_pc is None else [on_pc]
    found = lock_sessions(tx, center_id, ids) if ids else []
    going_on = [each for each in found if not make_way(tx, cmd.center, each, cmd.actor)]
    ended = [each.pc_name for each in found if each not in going_on]
    if going_on and cmd.pc_id and cmd.center.settings.client.auto_checkout_when_shutdown:
        checkout = Checkout(
            center=cmd.center, actor=cmd.actor, pc_names=[each.pc_name for each in going_on]
        )
        ended += [end.session.pc_name for end in check_out_at_shutdown(tx, checkout)]
    if not ended:
        tx.did_nothing()
    return ended


def take_packages(tx: Tx, cmd: TakePackages) -> None:
    """Let what a member plays go on with the packages that he may use now. Buys and ends nothing;
    done again it changes nothing."""
    lock_one(tx, cmd.center.id, cmd.member_id)
    tx.audit("member", cmd.member_id)
    tx.tell(PackagesChanged(cmd.center.id, cmd.member_id))


def toggle_favorite(tx: Tx, cmd: Favorite) -> bool:
    """Add a game to those that a member likes, or take it away; answers whether he likes it now.

    Raises Refused for more than FAVORITES_MAX, MemberNotFound.
    """
    his = {"center": cmd.center.id, "member": cmd.member_id}
    lock_one(tx, cmd.center.id, cmd.member_id)
    tx.audit("member", cmd.member_id)
    if tx.scalar(_DISLIKE, **his, game=cmd.game_id) is not None:
        return False
    if tx.scalar(_COUNT, **his) >= FAVORITES_MAX:
        raise Refused(say("At most %(count)s games can be liked.", count=FAVORITES_MAX))
    tx.run(
        _LIKE,
        center_id=cmd.center.id,
        member_id=cmd.member_id,
        game_id=cmd.game_id,
        at=tx.now,
    )
    return True


def show_avatar(tx: Tx, cmd: Avatar) -> None:
    """Keep the picture that a member sends of himself, if he agrees or has agreed to photos.

    Raises what show_photo() does.
    """
    his = (cmd.center.id, cmd.member_id)
    if cmd.picture is not None and cmd.agrees and not has_agreed(tx, *his):
        consent = NewConsent(
            center=cmd.center, actor=cmd.actor, member_id=cmd.member_id, kind=PHOTO
        )
        give_consent(tx, consent)
    show_photo(tx, MemberPhoto(cmd.center, cmd.member_id, cmd.picture))


def note_event(tx: Tx, cmd: SeatEvent) -> None:
    """Write what the program of a seat reports into the billing log."""
    details = "The program at the seat was left with the password of the staff"
    move(
        tx,
        Movement(
            center=cmd.center,
            actor=cmd.actor,
            event=cmd.event,
            member_id=0,
            pc_name=cmd.pc_name,
            details=details,
        ),
    )


def forget_favorites(tx: Tx, facts: Sequence[MemberForgotten]) -> None:
    """Nobody knows what a forgotten member liked; follows MemberForgotten."""
    for fact in facts:
        tx.run(_FORGET, center=fact.center_id, member=fact.member_id)
