"""Folders full of feeds through the whole program: `python -m tests.conformance FOLDER…`."""
