"""The mock provider: a small studio to build against, with one game of its own (mock-provider)."""
