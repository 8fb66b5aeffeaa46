"""The commands, one file a subject: each one function call and its words. Data to stdout, the rest to stderr."""
