"""Check-ins fall due today."""
