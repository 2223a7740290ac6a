"""The ledger: the only code that changes a balance (architecture section 3).

A transfer is a list of postings that sum to zero per currency. Balances stand beside the entries
and are changed under the row's lock, in sorted order; entries are never edited or deleted.
Signs: positive is what the account's owner is owed by the house. A member's +10 stands against
-10 on the centre's `cash` account: the till holds minus its balance.
"""

from lanhouse.ledger.accounts import (
    balances,
    book_of_agent,
    book_of_center,
    has_moved,
    open_account,
    open_new_accounts,
    redenominate,
)
from lanhouse.ledger.posting import (
    InsufficientFunds,
    Posted,
    Posting,
    Transfer,
    newest_movement_at,
    post,
)

__all__ = [
    "InsufficientFunds",
    "Posted",
    "Posting",
    "Transfer",
    "balances",
    "book_of_agent",
    "book_of_center",
    "has_moved",
    "newest_movement_at",
    "open_account",
    "open_new_accounts",
    "post",
    "redenominate",
]
