"""What this service says and hears, and what it does when nobody asks."""
