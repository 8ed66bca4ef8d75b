"""Code for one back end only: TensorFlow, JAX or PyTorch."""
