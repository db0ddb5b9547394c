"""A key result recovered."""
