"""Alerts out: who is due what (bundles), what to say (compose), when to try again (retry), sending it (deliver)."""
