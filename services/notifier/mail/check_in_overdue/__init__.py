"""Check-ins were missed."""
