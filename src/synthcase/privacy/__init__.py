"""The trusted base: exact noise, exact accounting and the ledger that remembers what was spent.

Only `synthcase.measurement` may import `synthcase.privacy.noise`; nothing here imports records.
"""
