"""Tests of what ships in containers; `make test-containers` runs them, nothing else does."""
