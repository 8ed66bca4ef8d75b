"""From a name, a path or a text to a compiled spec."""
