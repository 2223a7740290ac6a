"""Programs for developers: the house linter, generators of reference pages, helpers of make."""
