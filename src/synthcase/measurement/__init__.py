"""The only step that spends: records and a plan become noisy measurements."""
