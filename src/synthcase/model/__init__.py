"""The model: nested latent classes fitted to noisy tables. Cannot reach a record.

Privacy:
    Post-processing of Measurements: by contract, nothing here can reach a record.
"""

from synthcase.model.fit import fit

__all__ = ["fit"]
