"""Simulated cases with a known structure; nothing here stems from a real record."""
