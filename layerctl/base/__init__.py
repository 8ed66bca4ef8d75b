"""What every other room uses: source text and places in it, shapes, limits, files. Nothing here knows what a spec is."""
