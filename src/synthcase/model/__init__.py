"""The model: nested latent classes fitted to noisy tables. Cannot reach a record."""

from synthcase.model.fit import fit

__all__ = ["fit"]
