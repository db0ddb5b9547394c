"""Someone may make their account."""
