"""The floor everything stands on: canonical JSON, safe files, locks, progress. Reads no record.

Privacy:
    Reads no record.
"""
