"""Finds specs by name or path, and compiles them; configuration; which diagnostics count."""
