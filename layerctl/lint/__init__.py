"""Design warnings: one rule a file."""
