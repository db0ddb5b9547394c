"""Someone may choose a new password."""
