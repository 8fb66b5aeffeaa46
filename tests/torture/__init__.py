"""Faults on purpose: the unmodified program is killed, starved and cut off at every call it makes, then audited."""
