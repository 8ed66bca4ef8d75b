"""Holds the static rules of every layer against Keras itself: generated arguments and inputs, two verdicts, compared.

`python -m tests.judge [LAYER …] [--cases N] [--seed S]` prints the agreement and every disagreement.
"""
