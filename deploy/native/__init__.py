"""The whole platform on one machine without containers; `make up` is its front door."""
