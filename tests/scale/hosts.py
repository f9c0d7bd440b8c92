"""Hosts for tests: network namespaces on one bridge where they can be made, else this host."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform.processes.process_table import processes

# In a namespace of its own each process tree has its own names of host and process numbers, too,
# so that nothing can take a process of another host for its own.
_APART = ["unshare", "--uts", "--pid", "--fork", "--kill-child=SIGKILL", "--mount-proc"]
_NAMED = ["sh", "-c", 'hostname "$1"; shift; exec "$@"', "sh"]


@dataclass
class Host:
    """One machine: its address, and what was started on it."""

    name: str
    address: str
    folder: Path
    namespace: str | None = None
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def start(self, name: str, words: Sequence[str], env: Mapping[str, str]) -> None:
        """Run `words` here, with its output in the host's folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        enter: list[str] = []
        if self.namespace:
            enter = ["ip", "netns", "exec", self.namespace, *_APART, *_NAMED, self.name]
        with self.log(name).open("ab") as out:
            self.running[name] = subprocess.Popen(
                [*enter, *words],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=PROJECT_ROOT,
                env={**os.environ, "PREFECT_HOME": str(self.folder / "prefect"), **env},
                start_new_session=True,
            )

    def python(self, name: str, module: str, *words: str, env: Mapping[str, str]) -> None:
        self.start(name, [sys.executable, "-m", module, *words], env)

    def power_off(self, *names: str) -> None:
        """What runs here, or only these, is gone in the same moment and without a word."""
        gone = {name: self.running.pop(name) for name in names or list(self.running)}
        for process in gone.values():
            for pid in [process.pid, *_descendants(process.pid)]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        for process in gone.values():
            process.wait()

    def check(self) -> None:
        """Every process lives."""
        for name, process in self.running.items():
            assert process.poll() is None, f"{name} of {self.name}:\n{tail(self.log(name))}"


def _descendants(pid: int) -> list[int]:
    """Where no namespace ends them: flow runs are in sessions of their own."""
    table = processes()
    found = [p.pid for p in table if p.parent == pid]
    return [*found, *(below for child in found for below in _descendants(child))]


def tail(log: Path, lines: int = 40) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def _lay_wire(bridge: str, number: int, address: str, name: str) -> str:
    """A namespace on the bridge with this address; its name."""
    namespace, outside = f"{bridge}-{name}", f"{bridge}v{number}"
    _ip("netns", "add", namespace)
    _ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", namespace)
    _ip("link", "set", outside, "master", bridge, "up")
    for device, at in (("lo", None), ("eth0", f"{address}/24")):
        if at:
            _ip("-n", namespace, "addr", "add", at, "dev", device)
        _ip("-n", namespace, "link", "set", device, "up")
    return namespace


def _can_be_made() -> bool:
    """Whether this account may make namespaces and bridges: tried, since nothing else tells."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "unshare"))):
        return False
    probe = f"ffprobe{os.getpid()}"[:15]
    try:
        _ip("link", "add", probe, "type", "bridge")
        _ip("link", "del", probe)
        words = ["unshare", "--net", *_APART[1:], *_NAMED, "probe", "true"]
        subprocess.run(words, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


@contextmanager
def hosts(folder: Path, first: str, *others: str) -> Iterator[dict[str, Host]]:
    """The named hosts below `folder`, all off again at the end.

    `first` is this machine; the others are namespaces, or this machine as well, with a folder of
    their own, where none can be made.
    """
    apart = _can_be_made()
    bridge, net = f"ff{os.getpid()}", f"10.213.{os.getpid() % 250 + 1}"
    made = {first: Host(first, f"{net}.1" if apart else "127.0.0.1", folder / first)}
    try:
        if apart:
            _ip("link", "add", bridge, "type", "bridge")
            _ip("addr", "add", f"{net}.1/24", "dev", bridge)
            _ip("link", "set", bridge, "up")
        for number, name in enumerate(others, 2):
            address = f"{net}.{number}" if apart else "127.0.0.1"
            namespace = _lay_wire(bridge, number, address, name) if apart else None
            made[name] = Host(name, address, folder / name, namespace)
        yield made
    finally:
        for host in made.values():
            host.power_off()
        if apart:
            # The kernel ends a namespace, and the wire into it, when its last process is gone.
            wires = [["link", "del", f"{bridge}v{n}"] for n in range(2, len(others) + 2)]
            spaces = [["netns", "del", f"{bridge}-{name}"] for name in others]
            for words in (*wires, *spaces, ["link", "del", bridge]):
                subprocess.run(["ip", *words], check=False, capture_output=True)
