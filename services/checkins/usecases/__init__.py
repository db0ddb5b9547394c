"""What can be done with check-ins: one verb, one file, one function."""
