"""Demo models: no weights, no network, no key. They show what the arena does, and let votes tell them apart."""
