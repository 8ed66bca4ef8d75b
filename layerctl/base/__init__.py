"""What every other room uses: text and places in it, limits, files. Nothing here knows what a spec is."""
