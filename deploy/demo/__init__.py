"""The demo company: fictional data, loaded through the public API and the real event flow."""
