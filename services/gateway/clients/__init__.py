"""What the pages ask of the other services, over HTTP with a token of their viewer."""
