"""Every right as people read it."""

from __future__ import annotations

from lanhouse.web.i18n import N_

SECTIONS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        N_("Floor"),
        (
            ("pcs.view", N_("See PCs and the map")),
            ("pcs.out_of_order", N_("Take a PC out of order, and back")),
            ("pcs.command", N_("Switch PCs on and off, and send them messages")),
            ("sessions.view", N_("See sessions and bills")),
            ("sessions.start", N_("Start sessions and sell time")),
            ("sessions.checkout", N_("Check out")),
            ("sessions.free", N_("Start free sessions")),
            ("sessions.guest_login", N_("Read a guest’s log-in")),
            ("sessions.pause", N_("Pause sessions, one and all")),
            ("sessions.pay_later", N_("Leave a bill open, to be paid later")),
            ("sessions.refund_other_tender", N_("Give money back another way than it came")),
        ),
    ),
    (
        N_("Members"),
        (
            ("members.view", N_("See members")),
            ("members.edit", N_("Add and change members")),
            ("members.delete", N_("Delete members")),
            ("members.export", N_("Take all members away as a file")),
            ("members.topup", N_("Top up")),
            ("members.refund", N_("Give a balance back")),
            ("members.bonus", N_("Give bonus by hand")),
            ("members.coins", N_("Give coins")),
            ("members.loan", N_("Lend")),
            ("members.pay_out_loan", N_("Pay out lent money")),
            ("members.identity", N_("Look at identity numbers and birthdays")),
            ("members.message", N_("Send messages to members")),
            ("feedback.view", N_("Read what customers write, and answer")),
            ("feedback.give", N_("Write to the house for a customer")),
        ),
    ),
    (
        N_("Prices and hall"),
        (
            ("prices.view", N_("See prices")),
            ("prices.edit", N_("Change prices")),
            ("offers.view", N_("See offers")),
            ("offers.edit", N_("Change offers")),
            ("offers.refund", N_("Take packages back")),
            ("groups.view", N_("See groups")),
            ("pc_groups.edit", N_("Change PC groups")),
            ("member_groups.edit", N_("Change member groups")),
            ("pcs.edit", N_("Add and change PCs")),
        ),
    ),
    (
        N_("Goods"),
        (
            ("products.view", N_("See goods and their stock")),
            ("products.edit", N_("Change goods, groups and prices of goods")),
            ("products.restock", N_("Put goods into stock")),
            ("products.correct_stock", N_("Take goods out of stock, and count it")),
        ),
    ),
    (
        N_("Shop"),
        (
            ("orders.view", N_("See orders")),
            ("orders.sell", N_("Sell goods, bring orders and take their money")),
            ("orders.submit", N_("Order for a seat")),
            ("orders.discount", N_("Give a discount by hand")),
            ("orders.refund", N_("Give goods and their money back")),
        ),
    ),
    (
        N_("Tills"),
        (
            ("shifts.work", N_("Open and close shifts of his own")),
            ("shifts.view", N_("See everybody’s shifts and Z reports")),
            ("shifts.see_expected", N_("See how much cash should be there while counting blind")),
            ("shifts.close_others", N_("Close somebody else’s shift")),
            ("tills.edit", N_("Add and change tills")),
            ("till.expense", N_("Take cash out of the till for the house")),
            ("till.drawer", N_("Open the cash drawer without a sale")),
            ("receipts.print", N_("Print receipts, also once more")),
        ),
    ),
    (
        N_("House"),
        (
            ("logs.view", N_("See the log")),
            ("reports.view", N_("See reports")),
            ("settings.view", N_("See settings")),
            ("settings.edit", N_("Change settings")),
            ("api_keys.manage", N_("Make API keys")),
            ("clock.accept", N_("Accept the server’s clock")),
            ("jobs.manage", N_("See and cancel everybody’s background work")),
            ("staff.view", N_("See staff")),
            ("staff.edit", N_("Add people, change what they may do, give new passwords")),
            ("audit.view", N_("See the audit log")),
        ),
    ),
)
"""Every right once, under the part of the work that it is about."""

SHOWN = frozenset(right for _, rights in SECTIONS for right, _ in rights)
