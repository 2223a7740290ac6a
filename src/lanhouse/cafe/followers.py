"""Who follows what in the café: the one file that knows both sides (architecture 1.2).

Read from top to bottom: within a round of Tx.settle() kinds run in this order.
"""

from __future__ import annotations

from lanhouse.cafe import facts
from lanhouse.cafe.feedback import commands as feedback
from lanhouse.cafe.loyalty import commands as loyalty
from lanhouse.cafe.members.commands import visits
from lanhouse.cafe.messages.commands import to_members as messages
from lanhouse.cafe.minors import commands as minors
from lanhouse.cafe.money import log
from lanhouse.cafe.money import movements as money
from lanhouse.cafe.offers.commands import gifts
from lanhouse.cafe.orders.commands import packages as order_packages
from lanhouse.cafe.orders.queries import following as orders
from lanhouse.cafe.pricing.commands import default as pricing
from lanhouse.cafe.products.commands import default as products
from lanhouse.cafe.receipts import commands as receipts
from lanhouse.cafe.reports import commands as reports
from lanhouse.cafe.sessions import queries as session_queries
from lanhouse.cafe.sessions.commands import following as sessions
from lanhouse.cafe.sessions.commands import guest_login as guest_logins
from lanhouse.db.facts import Claim, Fact, Follower, Guard, Question, Wiring, wire

FOLLOWERS: dict[type[Fact], tuple[Follower, ...]] = {
    facts.CenterOpened: (
        money.open_center_accounts,
        pricing.create_defaults,
        products.create_defaults,
        receipts.keep_heads,
    ),
    facts.MemberOpened: (gifts.give_to_new_members,),
    facts.PasswordChanged: (guest_logins.forget_logins,),
    facts.PointsChanged: (loyalty.follow_points,),
    facts.AgeChanged: (sessions.follow_ages,),
    facts.MemberForgotten: (
        messages.forget_messages,
        feedback.forget_feedback,
        minors.forget_persons,
    ),
    facts.MemberRegrouped: (sessions.reprice_members, sessions.follow_ages),
    facts.PcRegrouped: (sessions.reprice_pcs,),
    facts.PricesChanged: (sessions.reprice_center,),
    facts.SettingsChanged: (sessions.apply_settings, receipts.keep_heads),
    facts.PackageGivenBack: (order_packages.follow_packages,),
    facts.PackagesChanged: (sessions.take_packages,),
    facts.ClockStepped: (sessions.keep_hours_through_step,),
    # After them, so that an end is computed once, under the prices that hold by then.
    facts.BalanceChanged: (sessions.move_ends,),
    facts.SeatsChanged: (sessions.share_money, visits.note_visits),
    # Nobody yet: pages hear of it from the outbox.
    facts.OrderChanged: (),
    # Last, because all of a centre's commands meet in the rows that it locks.
    facts.LogWritten: (log.add_to_sums, reports.add_rows, receipts.print_by_itself),
    facts.SessionEnded: (reports.add_play,),
}

GUARDS: dict[type[Question], tuple[Guard, ...]] = {
    facts.TouchingPcs: (sessions.refuse_used_pcs,),
    facts.DeletingMembers: (sessions.refuse_playing_members, orders.refuse_owing_members),
    facts.ClosingShift: (orders.refuse_open_orders,),
}

CLAIMS: dict[type[Question], tuple[Claim, ...]] = {
    facts.Spending: (session_queries.used_micros, orders.owed_micros),
    facts.PackageSeconds: (session_queries.used_package_seconds,),
}

wire(Wiring(FOLLOWERS, GUARDS, CLAIMS))
