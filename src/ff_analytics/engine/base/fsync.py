"""Bring files to the disk, so that a power cut leaves no empty one under a good name."""

import os
from pathlib import Path


def fsync(path: Path) -> None:
    """Return once the content of the file, or the names in the folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
