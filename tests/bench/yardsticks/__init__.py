"""Bare code that does the least of the same work: what the numbers of Cairn are divided by."""
