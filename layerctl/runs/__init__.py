"""What a training leaves on disk, read without a framework; and what it tells whoever watches it."""
