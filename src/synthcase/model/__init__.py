"""Nested latent classes fitted to noisy measurements."""
