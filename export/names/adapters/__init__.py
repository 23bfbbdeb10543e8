"""Other finders of names: what they find is added to what the default finds."""
