"""The claims about Dense and Conv2D, put to the test."""
