"""MongoDB, seen from the rules: repositories that add the organisation to every query."""
