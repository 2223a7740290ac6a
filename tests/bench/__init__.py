"""The figures of this machine: `make bench`. Nothing here asserts a timing."""
