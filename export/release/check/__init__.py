"""Looks at releases that were made: whether one is what it says, and in what two differ."""
