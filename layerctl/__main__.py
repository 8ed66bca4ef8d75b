"""`python -m layerctl`."""

from layerctl.cli import main

main()
