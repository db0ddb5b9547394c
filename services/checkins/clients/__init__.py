"""Other services over HTTP, for what their events have not told yet."""
