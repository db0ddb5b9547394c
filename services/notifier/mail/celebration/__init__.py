"""What a team achieved, in one mail."""
