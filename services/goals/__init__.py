"""Organisations, people, teams, cycles, objectives and key results; rolls progress up."""
