"""The verb that does all the others, from a schema and records to a release."""
