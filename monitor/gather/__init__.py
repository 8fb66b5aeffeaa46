"""The outside world comes in here, through one door, and is parsed where it can do no harm."""
