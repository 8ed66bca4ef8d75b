"""Compares the static rules of every layer with Keras: generates arguments and inputs, and gets a verdict of both sides.

`python -m tests.judge [LAYER …] [--cases N] [--seed S]` prints the agreement and every disagreement.
"""
