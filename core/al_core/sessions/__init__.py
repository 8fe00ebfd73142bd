"""Sessions: everything a person does and every finished round, in an append-only log that survives whatever happens."""
