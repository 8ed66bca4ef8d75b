"""Training, its run directory, and the evaluation and predictions of trained models."""
