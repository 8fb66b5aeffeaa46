"""The website: everything that can be read without signing up, and the few forms of who wants to be told."""
