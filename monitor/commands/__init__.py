"""The commands, one file a subject; each is one function call and its words. Data to stdout, everything else to stderr."""
