"""What this service says and hears, as tables."""
