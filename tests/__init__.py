"""Proof that Cairn does what its documents say."""
