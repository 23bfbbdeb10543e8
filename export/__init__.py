"""Releases and ratings."""
