"""One verb, one file, one function. Each takes what is asked and the ports it needs."""
