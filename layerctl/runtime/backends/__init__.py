"""What is particular to TensorFlow, JAX or PyTorch."""
