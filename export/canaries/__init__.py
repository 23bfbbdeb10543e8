"""Fake identities, planted to see whether any comes out."""
