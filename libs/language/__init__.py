"""How people write and read: numbers, addresses and text, the same in every service."""
