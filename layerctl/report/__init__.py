"""What a model is, as data first (rows, totals), then as a table or as JSON."""
