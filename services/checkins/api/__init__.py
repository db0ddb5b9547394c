"""The public resources of this service. Views translate; rules live in the use cases."""
