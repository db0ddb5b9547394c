"""What the services say to each other: one file of events per publisher, and the permission table."""
