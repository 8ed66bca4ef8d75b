"""Conversions with their certificates."""
