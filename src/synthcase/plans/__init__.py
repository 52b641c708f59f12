"""The values that pass the noise line: plans and measurements."""
