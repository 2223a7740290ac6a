"""Who follows what in the café: the one file that knows both sides (architecture 1.2).

Read from top to bottom: within a round of Tx.settle() kinds run in this order.
"""

from __future__ import annotations

from lanhouse.cafe import facts
from lanhouse.cafe.bookings.commands import seating as bookings
from lanhouse.cafe.bookings.queries import guards as booked
from lanhouse.cafe.client import commands as seats
from lanhouse.cafe.client.commands import seat as seat_acts
from lanhouse.cafe.events import commands as events
from lanhouse.cafe.feedback import commands as feedback
from lanhouse.cafe.loyalty import commands as loyalty
from lanhouse.cafe.loyalty import plans as loyalty_plans
from lanhouse.cafe.loyalty import queries as loyalty_queries
from lanhouse.cafe.loyalty.commands import lots, referrals, rewards
from lanhouse.cafe.members.commands import visits
from lanhouse.cafe.messages.commands import to_members as messages
from lanhouse.cafe.minors import commands as minors
from lanhouse.cafe.money import log
from lanhouse.cafe.money import movements as money
from lanhouse.cafe.offers.commands import gifts
from lanhouse.cafe.orders.commands import packages as order_packages
from lanhouse.cafe.orders.commands import paying as order_payments
from lanhouse.cafe.orders.queries import following as orders
from lanhouse.cafe.own_limits import commands as own_limits
from lanhouse.cafe.payments.queries import guards as payments
from lanhouse.cafe.pricing.commands import default as pricing
from lanhouse.cafe.products.commands import default as products
from lanhouse.cafe.receipts import commands as receipts
from lanhouse.cafe.reports import commands as reports
from lanhouse.cafe.sessions import queries as session_queries
from lanhouse.cafe.sessions.commands import following as sessions
from lanhouse.cafe.sessions.commands import guest_login as guest_logins
from lanhouse.cafe.sessions.queries import guards as session_guards
from lanhouse.db.facts import Claim, Fact, Follower, Guard, Question, Wiring, wire

FOLLOWERS: dict[type[Fact], tuple[Follower, ...]] = {
    facts.CenterOpened: (
        money.open_center_accounts,
        pricing.create_defaults,
        products.create_defaults,
        receipts.keep_heads,
    ),
    facts.MemberOpened: (gifts.give_to_new_members,),
    # Before the sale that it makes and whatever moves ends: an order that is paid claims nothing of
    # a balance any more.
    facts.PaymentConfirmed: (order_payments.take_confirmed,),
    # Before whatever its points and bonus move.
    facts.Sold: (rewards.follow_sales,),
    facts.PasswordChanged: (guest_logins.forget_logins,),
    facts.PointsChanged: (loyalty.follow_points,),
    facts.AgeChanged: (sessions.follow_ages,),
    facts.LimitsChanged: (sessions.follow_ages,),
    facts.MemberForgotten: (
        messages.forget_messages,
        feedback.forget_feedback,
        minors.forget_persons,
        seat_acts.forget_favorites,
        own_limits.forget_limits,
        referrals.forget_codes,
        events.forget_ranks,
    ),
    facts.MemberRegrouped: (sessions.reprice_members, sessions.follow_ages),
    facts.PcRegrouped: (sessions.reprice_pcs,),
    facts.PricesChanged: (sessions.reprice_center,),
    facts.BonusChanged: (lots.keep_lots,),
    facts.SettingsChanged: (sessions.apply_settings, receipts.keep_heads),
    # Before packages: what was booked goes where its session was moved.
    facts.SessionStarted: (bookings.begin_with_session, seats.follow_starts),
    facts.PackageGivenBack: (order_packages.follow_packages,),
    facts.PackagesChanged: (sessions.take_packages,),
    facts.ClockStepped: (
        own_limits.keep_waits,
        bookings.keep_through_step,
        sessions.keep_hours_through_step,
    ),
    facts.BookingsChanged: (sessions.follow_bookings,),
    # After them, so that an end is computed once, under the prices that hold by then.
    facts.BalanceChanged: (sessions.move_ends,),
    facts.SeatsChanged: (sessions.share_money, visits.note_visits),
    # Nobody yet: pages hear of it from the outbox.
    facts.OrderChanged: (),
    facts.PaymentChanged: (),
    # Last, because all of a centre's commands meet in the rows that it locks.
    facts.LogWritten: (log.add_to_sums, reports.add_rows, receipts.print_by_itself),
    facts.SessionEnded: (minors.forget_guests, reports.add_play, seats.follow_ends),
}

GUARDS: dict[type[Question], tuple[Guard, ...]] = {
    facts.TouchingPcs: (session_guards.refuse_used_pcs, booked.refuse_booked_pcs_touched),
    facts.StartingSession: (booked.refuse_booked_pcs,),
    facts.DeletingMembers: (
        session_guards.refuse_playing_members,
        orders.refuse_owing_members,
        booked.refuse_booking_members,
        payments.refuse_paying_members,
    ),
    facts.GivingBack: (loyalty_plans.refuse_spent_rewards,),
    facts.ClosingShift: (orders.refuse_open_orders,),
}

CLAIMS: dict[type[Question], tuple[Claim, ...]] = {
    facts.Spending: (session_queries.used_micros, orders.owed_micros),
    facts.EndedBonus: (loyalty_queries.ended_bonus,),
    facts.PackageSeconds: (session_queries.used_package_seconds,),
}

wire(Wiring(FOLLOWERS, GUARDS, CLAIMS))
