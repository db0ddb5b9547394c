"""A key result got worse."""
