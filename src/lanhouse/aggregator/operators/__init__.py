"""Wallets that live at operators: where they are called, and what is sent to them when."""
