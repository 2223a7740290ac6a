"""Writes on sessions. Other nouns use what is named here."""

from lanhouse.cafe.members.commands.guest_secret import GuestSecret
from lanhouse.cafe.pcs.queries import PcRefused
from lanhouse.cafe.sessions.commands.accepting import (
    Accepted,
    AcceptStep,
    OtherStep,
    accept_step,
    accept_wanted_step,
)
from lanhouse.cafe.sessions.commands.changing import (
    AddMoney,
    AddOffer,
    Move,
    OtherSession,
    add_money,
    add_offer,
    move_session,
    push_status,
)
from lanhouse.cafe.sessions.commands.ended_marks import Looked, take_mark
from lanhouse.cafe.sessions.commands.ending import (
    Checkout,
    check_out,
    check_out_at_shutdown,
    end_if_due,
)
from lanhouse.cafe.sessions.commands.guest_login import (
    KeptLogin,
    LoginGone,
    LoginWanted,
    NewLogin,
    NoGuestLogin,
    read_guest_login,
    renew_guest_login,
    without_secret,
)
from lanhouse.cafe.sessions.commands.pausing import (
    PauseAll,
    Paused,
    PauseOne,
    pause_all,
    pause_session,
    resume_all,
    resume_session,
)
from lanhouse.cafe.sessions.commands.starting import (
    Started,
    StartGuests,
    StartMember,
    start_guests,
    start_member,
    without_passwords,
)
from lanhouse.cafe.sessions.errors import QuoteRefused, ShortCash

__all__ = [
    "AcceptStep",
    "Accepted",
    "AddMoney",
    "AddOffer",
    "Checkout",
    "GuestSecret",
    "KeptLogin",
    "LoginGone",
    "LoginWanted",
    "Looked",
    "Move",
    "NewLogin",
    "NoGuestLogin",
    "OtherSession",
    "OtherStep",
    "PauseAll",
    "PauseOne",
    "Paused",
    "PcRefused",
    "QuoteRefused",
    "ShortCash",
    "StartGuests",
    "StartMember",
    "Started",
    "accept_step",
    "accept_wanted_step",
    "add_money",
    "add_offer",
    "check_out",
    "check_out_at_shutdown",
    "end_if_due",
    "move_session",
    "pause_all",
    "pause_session",
    "push_status",
    "read_guest_login",
    "renew_guest_login",
    "resume_all",
    "resume_session",
    "start_guests",
    "start_member",
    "take_mark",
    "without_passwords",
    "without_secret",
]
