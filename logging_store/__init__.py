"""The ledger: what happened, with which consent."""
