"""What is worked out of a typed graph: costs, receptive fields, expectations, whether it can be trained."""
