"""Engines: who does the work of a release, and on how many machines. What comes out is the same."""
