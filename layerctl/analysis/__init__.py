"""Figures and checks of a model that need no build: costs, receptive fields, expectations, training."""
