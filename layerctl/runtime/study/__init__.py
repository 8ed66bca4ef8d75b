"""Comparisons over several seeds, and claims."""
