"""How much of the names is found, and how much else is touched: names and sentences that no training saw."""
