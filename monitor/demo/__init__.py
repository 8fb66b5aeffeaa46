"""Two invented weeks on loopback: a newsroom, receivers of mail, Slack and webhooks, and the unmodified program."""
