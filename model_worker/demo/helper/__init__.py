"""The helper: really computes, and says what it can do when it cannot."""
