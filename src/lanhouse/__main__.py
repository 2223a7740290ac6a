"""`python -m lanhouse` is the same as the `lanhouse` command."""

from lanhouse.cli.main import main

if __name__ == "__main__":
    main()
