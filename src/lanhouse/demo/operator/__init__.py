"""An operator to build against: a wallet of its own, with the faults that real ones have."""
