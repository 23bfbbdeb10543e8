"""Providers: a vendor's API, spoken through its official SDK, as Chat Completions."""
