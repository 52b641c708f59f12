"""Exact noise, accounting in zCDP, and the ledger."""
