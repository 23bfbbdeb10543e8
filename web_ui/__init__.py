"""The page: layout and wording, no rules."""
