"""The measuring instrument: every number beside a yardstick of the same minutes and servers."""
