"""What the gateway says and hears, as tables."""
