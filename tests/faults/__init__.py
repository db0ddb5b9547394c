"""What happens to the main job when its processes, its servers and its network fail."""
