"""Pages and the JSON Schema that are made from the catalogue."""
