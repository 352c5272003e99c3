#!/usr/bin/env python3
"""Image preparation on one core against Pillow 11.3 and torchvision 0.26, alternating.

Needs a Python with pillow==11.3.0, torch==2.11.0, torchvision==0.26.0 and numpy:

    python scripts/bench_image_peer.py build/tests/image_bench photo.jpg [--max-tiles 12]

Prints one JSON object: for `tiles` (file to uint8 tiles) and `tensor` (file to normalised bf16)
the median of the peer's seconds over ours, pair by pair, and its quartiles. Exits with 1 if the two
results are not the same bytes.
"""

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import time

import PIL
import torch
import torchvision
import torchvision.transforms as transforms
from PIL import Image
from torchvision.transforms.functional import InterpolationMode

TILE_SIZE = 448


def choose_grid(width, height, max_tiles):
    """The grid nearest in aspect ratio; ties go to more tiles if the picture is large enough."""
    grids = [
        (columns, rows)
        for columns in range(1, max_tiles + 1)
        for rows in range(1, max_tiles + 1)
        if columns * rows <= max_tiles
    ]
    best, best_distance = (1, 1), float("inf")
    for columns, rows in sorted(grids, key=lambda grid: grid[0] * grid[1]):
        distance = abs(width / height - columns / rows)
        is_large = width * height > 0.5 * TILE_SIZE * TILE_SIZE * columns * rows
        if distance < best_distance or (distance == best_distance and is_large):
            best, best_distance = (columns, rows), distance
    return best


def tiles_of(path, max_tiles):
    image = Image.open(path).convert("RGB")
    columns, rows = choose_grid(image.width, image.height, max_tiles)
    resized = image.resize((TILE_SIZE * columns, TILE_SIZE * rows))
    tiles = []
    for place in range(columns * rows):
        left = place % columns * TILE_SIZE
        top = place // columns * TILE_SIZE
        tiles.append(resized.crop((left, top, left + TILE_SIZE, top + TILE_SIZE)))
    if len(tiles) > 1:
        tiles.append(image.resize((TILE_SIZE, TILE_SIZE)))
    return tiles


TRANSFORM = transforms.Compose(
    [
        transforms.Resize((TILE_SIZE, TILE_SIZE), interpolation=InterpolationMode.BICUBIC),
        transforms.ToTensor(),
        transforms.Normalize(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)),
    ]
)


def tensor_of(path, max_tiles):
    return torch.stack([TRANSFORM(tile) for tile in tiles_of(path, max_tiles)]).to(torch.bfloat16)


PEERS = {
    "tiles": (tiles_of, lambda tiles: b"".join(tile.tobytes() for tile in tiles)),
    "tensor": (tensor_of, lambda values: values.view(torch.int16).numpy().tobytes()),
}


class Child:
    """Our side: one process, one request a line."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, request):
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{self.process.args[0]} ended, exit code {self.process.wait()}")
        return answer.strip()


def measure(child, kind, arguments):
    make, as_bytes = PEERS[kind]
    expected = hashlib.sha256(as_bytes(make(arguments.image, arguments.max_tiles))).hexdigest()
    actual = child.ask("hash " + kind)
    if actual != expected:
        sys.exit(f"{kind}: SHA-256 {actual}, the peer has {expected}")

    ours, peers = [], []
    for repetition in range(arguments.repetitions + arguments.warm_up):
        own_seconds = float(child.ask(kind))
        start = time.perf_counter()
        make(arguments.image, arguments.max_tiles)
        peer_seconds = time.perf_counter() - start
        if repetition >= arguments.warm_up:
            ours.append(own_seconds)
            peers.append(peer_seconds)
    ratios = [peer / own for own, peer in zip(ours, peers)]
    quartiles = statistics.quantiles(ratios, n=4)
    return {
        "sha256": expected,
        "ratio_median": round(statistics.median(ratios), 3),
        "ratio_quartiles": [round(quartiles[0], 3), round(quartiles[2], 3)],
        "ratio_range": [round(min(ratios), 3), round(max(ratios), 3)],
        "own_seconds_median": statistics.median(ours),
        "peer_seconds_median": statistics.median(peers),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("image_bench", help="the executable of that name")
    parser.add_argument("image")
    parser.add_argument("--max-tiles", type=int, default=12)
    parser.add_argument("--repetitions", type=int, default=60)
    parser.add_argument("--warm-up", type=int, default=5)
    arguments = parser.parse_args()

    core = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    torch.set_num_threads(1)
    child = Child([arguments.image_bench, arguments.image, str(arguments.max_tiles)])
    report = {
        "image": os.path.basename(arguments.image),
        "max_tiles": arguments.max_tiles,
        "repetitions": arguments.repetitions,
        "cores": 1,
        "versions": {
            "pillow": PIL.__version__,
            "torch": torch.__version__,
            "torchvision": torchvision.__version__,
        },
    }
    for kind in PEERS:
        report[kind] = measure(child, kind, arguments)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
