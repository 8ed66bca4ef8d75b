"""One plain function for each command; what `import layerctl` offers."""
