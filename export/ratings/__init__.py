"""Ratings: pure rules, and the process that keeps the board."""
