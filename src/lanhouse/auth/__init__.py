"""Who calls and what they may do: passwords, tokens, API keys, roles, lock-out, rate limits."""
