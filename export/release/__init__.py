"""Releases: what may be published, in the form that others already read."""
