"""The whole platform, used as its users use it."""
