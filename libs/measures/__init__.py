"""The binding formulas that more than one service evaluates. Pure: no clock, no storage, no framework."""
