"""The Dockerfile's steps in plain folders, where there is no Docker to build it.

    python -m ff_analytics.platform.docker.rehearse FOLDER

Every COPY and RUN is executed unchanged, with FOLDER/app in place of /app; only changes of the
machine's accounts are skipped, with a message. The base image is this machine and its Python.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ff_analytics.engine.base.errors import ConfigError, FFError
from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform.docker import context

DOCKERFILE = PROJECT_ROOT / "deployments" / "docker" / "Dockerfile"
# They configure the container, not the build of the image.
_DESCRIBE = {"ARG", "LABEL", "USER", "HEALTHCHECK", "CMD"}


def instructions(text: str) -> list[tuple[str, str]]:
    """The Dockerfile as (word, rest) pairs, continued lines joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    pairs = (line.split(maxsplit=1) for line in joined.splitlines() if line.strip())
    return [(word.upper(), rest) for word, rest in pairs]


class Rehearsal:
    """One build below `folder`; `app` is the current stage, finished ones are next to it."""

    def __init__(self, folder: Path, env: Mapping[str, str] | None = None) -> None:
        self.folder, self.app = folder, folder / "app"
        # The base image's `python` is the one that runs this.
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self._outside = {"PATH": path, "HOME": str(folder), **(env or {})}
        self.env: dict[str, str] = {}
        self.left_out: list[str] = []
        self._stage = ""

    def _here(self, text: str) -> str:
        return re.sub(r"(?<![\w.])/app\b", str(self.app), text)

    def from_(self, rest: str) -> None:
        if self._stage:
            self.app.rename(self.folder / self._stage)
        self._stage = rest.partition(" AS ")[2]
        self.app.mkdir(parents=True)
        self.env = dict(self._outside)

    def environment(self, rest: str) -> None:
        for name, value in re.findall(r"(\w+)=(\S+)", self._here(rest)):
            self.env[name] = value.replace("$PATH", self.env["PATH"])

    def copy(self, rest: str) -> None:
        words = rest.split()
        origin = next((w.partition("=")[2] for w in words if w.startswith("--from=")), None)
        source, target = [w for w in words if not w.startswith("--")]
        if origin:
            finished = self.folder / origin / Path(source).relative_to("/app")
            shutil.copytree(finished, self.app / target, symlinks=True)
            return
        for path in context.files(PROJECT_ROOT):
            if source == "." or path == Path(source):
                goal = self.app / target / path if source == "." else self.app / target
                goal.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(PROJECT_ROOT / path, goal)

    def run(self, rest: str) -> None:
        if re.match(r"(group|user)add\b", rest):
            self.left_out.append(f"RUN {rest}")
            (self.app / "data").mkdir(parents=True)
            return
        done = subprocess.run(
            ["/bin/sh", "-ec", self._here(rest)],
            cwd=self.app,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ConfigError(f"RUN {rest} failed:\n{(done.stdout + done.stderr)[-2000:]}")

    def build(self, text: str) -> None:
        """All steps; `ConfigError` for one that fails, or that is none we know."""
        steps = {"FROM": self.from_, "ENV": self.environment, "COPY": self.copy, "RUN": self.run}
        for word, rest in instructions(text):
            if word == "WORKDIR" and rest == "/app":
                continue
            if word not in steps and word not in _DESCRIBE:
                raise ConfigError(f"The rehearsal does not know how to do {word} {rest}.")
            if word in steps:
                steps[word](rest)


def digest(folder: Path) -> str:
    """Hash over names, rights and contents of all files, whatever their times."""
    total = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            what = f"{file.relative_to(folder)} {file.stat().st_mode & 0o777:o}\0"
            total.update(what.encode() + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def main() -> int:
    """Rehearse, and print the result."""
    parser = argparse.ArgumentParser(prog="python -m ff_analytics.platform.docker.rehearse")
    parser.add_argument("folder", type=Path, help="an empty or new folder")
    folder = parser.parse_args().folder.resolve()
    try:
        if folder.exists() and any(folder.iterdir()):
            raise ConfigError(f"{folder} is not empty.")
        rehearsal = Rehearsal(folder)
        rehearsal.build(DOCKERFILE.read_text())
    except FFError as error:
        sys.stderr.write(f"rehearse: {error}\n")
        return 1
    size = sum(f.stat().st_size for f in rehearsal.app.rglob("*") if f.is_file())
    for step in rehearsal.left_out:
        sys.stdout.write(f"left out: {step}\n")
    sys.stdout.write(f"{rehearsal.app}: {size / 1e6:.0f} MB, files {digest(rehearsal.app)[:16]}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
