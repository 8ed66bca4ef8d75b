"""The installed package: its version and its folder."""

import os

__version__ = "0.2.0.dev0"

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
