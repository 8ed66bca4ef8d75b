"""What knows no spec: text and places in it, shapes, files written whole, locks, progress."""
