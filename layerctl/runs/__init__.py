"""The files of a training run, read without a framework, and the interface for watching a training."""
