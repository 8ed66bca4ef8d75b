"""Text back ends: a typed graph as Keras config JSON, or as Keras code. Nothing here imports a framework."""
