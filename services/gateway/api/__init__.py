"""The public API: the gateway's own resources, and the way to everybody else's."""
