"""One kind of personal data each: what may hold it, and how it is told from what only looks like it."""
