"""Who wants to hear what: sealed for everybody but the sender.

`vault` seals (public key, any process), `keys` opens (private key, the sender), `requests` is all the web may do,
`desk` is what the operator and the sender do with the list, `intake` answers what readers ask, `safety` locks and
burns.
"""
