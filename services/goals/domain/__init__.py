"""Organisations, people, teams, cycles, objectives and key results as plain values and pure rules."""
