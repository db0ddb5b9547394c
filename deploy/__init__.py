"""How Cairn is run: natively, in containers, and with the demo company."""
