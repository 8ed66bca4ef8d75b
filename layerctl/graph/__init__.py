"""What a legal graph is, and the inference of shapes, dtypes, masks and weights."""
