"""Small specs for the tests of training."""

DENSE = """
inputs: {x: [6]}
layers:
  - Dense: {units: 16, activation: relu}
  - Dense: {units: 3, activation: softmax}
train:
  data: synthetic
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
  epochs: 2
"""
IMAGE = """
inputs: {image: [%s]}
layers: [Flatten, {Dense: {units: 10, activation: softmax}}]
train: {data: %s, loss: %s, metrics: [accuracy]}
"""
SPARSE = "sparse_categorical_crossentropy"
