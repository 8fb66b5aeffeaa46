"""What you find is what you would have been told."""
