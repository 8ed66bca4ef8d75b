"""A plain PyTorch loop, an epoch for each line on standard input: `python torch_loop.py mlp 32 samples.npz 0`.

Batches are taken by a permutation of indices, which is faster than a DataLoader where all samples lie in memory. Each line of
output says how many samples a second an epoch came to.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import torch
from torch import nn


def mlp() -> nn.Module:
    hidden = nn.Linear(784, 256), nn.ReLU(), nn.Dropout(0.2), nn.Linear(256, 128), nn.ReLU(), nn.Dropout(0.2)
    return nn.Sequential(*hidden, nn.Linear(128, 10))


def cnn() -> nn.Module:
    patterns = nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)
    return nn.Sequential(*patterns, nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Linear(128, 10))


def epoch(model: nn.Module, optimizer: torch.optim.Optimizer, x: torch.Tensor, y: torch.Tensor, batch_size: int) -> None:
    criterion = nn.CrossEntropyLoss()
    loss_sum, correct = 0.0, 0
    for at in torch.randperm(len(x)).split(batch_size):
        images, labels = x[at], y[at]
        optimizer.zero_grad()
        outputs = model(images)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
        loss_sum += loss.item() * len(at)
        correct += int((outputs.argmax(1) == labels).sum())


def main() -> None:
    name, batch_size, path, threads = sys.argv[1:]
    if int(threads):
        torch.set_num_threads(int(threads))
    with np.load(path) as file:
        x, y = torch.from_numpy(file["x"]), torch.from_numpy(file["y"]).long()
    if name == "cnn":
        x = x.permute(0, 3, 1, 2).contiguous()
    torch.manual_seed(0)
    model = {"mlp": mlp, "cnn": cnn}[name]().train()
    optimizer = torch.optim.Adam(model.parameters())
    for _ in sys.stdin:
        begun = time.perf_counter()
        epoch(model, optimizer, x, y, int(batch_size))
        print(len(x) / (time.perf_counter() - begun), flush=True)


if __name__ == "__main__":
    main()
