"""Training, its run directory, and what is done with a trained model."""
