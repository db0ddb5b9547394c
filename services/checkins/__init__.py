"""Check-ins, rhythms and who owes what, and the standings that follow from the series and the clock."""
