"""The `lanhouse` command."""
