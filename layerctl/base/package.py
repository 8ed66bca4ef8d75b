"""The installed package: its version, and the folder that its data lie in."""

import os

__version__ = "0.2.0.dev0"

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
