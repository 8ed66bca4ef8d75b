"""What is worked out of a model without building it."""
