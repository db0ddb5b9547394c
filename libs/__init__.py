"""The shelf that all services stand on: mechanism, contracts, formulas."""
