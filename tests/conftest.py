"""Fixtures for all tests."""

from tests.command_line import cli

__all__ = ["cli"]
