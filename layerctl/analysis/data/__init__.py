"""Whether data fit a model, judged without NumPy: by what stands at the head of a file, and by names, shapes and dtypes."""
