"""From YAML to a graph."""
