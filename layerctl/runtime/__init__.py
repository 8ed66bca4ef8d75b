"""What runs models: the only room that imports keras, tensorflow and numpy, and it does so late, through `backend`."""
