"""What runs once before the services in containers: secrets, and the replica set with its users."""
