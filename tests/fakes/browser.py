"""A real Chromium, steered over its DevTools protocol: sizes, themes, keys, errors, pictures."""

import base64
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import connect
from websockets.sync.connection import Connection

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
_PATIENCE = 60.0


class Browser:
    """One tab. `errors` are console errors and policy violations, `requests` all addresses."""

    def __init__(self, socket: Connection) -> None:
        self._socket = socket
        self._number = 0
        self.errors: list[str] = []
        self.requests: list[str] = []
        self._loaded = 0
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: Any) -> Any:
        """Result of one command; events that come meanwhile are noted."""
        self._number += 1
        number = self._number
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=_PATIENCE))
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        method, values = message["method"], message["params"]
        if method == "Network.requestWillBeSent":
            self.requests.append(values["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.errors.append(str(values["exceptionDetails"].get("text")))
        elif method == "Log.entryAdded" and values["entry"]["level"] == "error":
            self.errors.append(f"{values['entry']['text']} {values['entry'].get('url', '')}")
        elif method == "Page.loadEventFired":
            self._loaded += 1

    def shape(self, width: int, height: int, theme: str) -> None:
        """Size of the window in pixels, and the system's theme."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 500,
        )
        features = [{"name": "prefers-color-scheme", "value": theme}]
        self.ask("Emulation.setEmulatedMedia", features=features)

    def open(self, url: str) -> None:
        """Go there and wait until everything is loaded."""
        self._loaded = 0
        failed = self.ask("Page.navigate", url=url).get("errorText")
        assert not failed, f"{url}: {failed}"
        self.wait_for_load()

    def wait_for_load(self) -> None:
        """Until a page's load event, once."""
        deadline = time.monotonic() + _PATIENCE
        while not self._loaded:
            assert time.monotonic() < deadline, "the page did not load"
            self._note_one()

    def _note_one(self) -> None:
        message = json.loads(self._socket.recv(timeout=_PATIENCE))
        if "method" in message:
            self._note(message)

    def value(self, script: str) -> Any:
        """What an expression of the page evaluates to."""
        found = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def promised(self, script: str) -> Any:
        """What an expression's promise is resolved with."""
        found = self.ask(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def key(self, name: str, code: int) -> None:
        """Press a key: `Tab`, 9."""
        for kind in ("rawKeyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=name, windowsVirtualKeyCode=code)

    def press_and_load(self, name: str, code: int) -> None:
        """Press a key that leads to another page, and wait for that."""
        self._loaded = 0
        text = "\r" if name == "Enter" else ""
        for kind in ("keyDown", "keyUp"):
            self.ask(
                "Input.dispatchKeyEvent", type=kind, key=name, windowsVirtualKeyCode=code, text=text
            )
        self.wait_for_load()

    def picture(self, file: Path, *, whole: bool = False) -> None:
        """A PNG of the window, or of the whole page."""
        shot = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(shot["data"]))


@contextmanager
def browser() -> Iterator[Browser]:
    """A Chromium of our own with an empty profile, closed at the end."""
    assert PROGRAM, "no chromium: apt-get install chromium"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        arguments = [
            *(PROGRAM, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *("--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage"),
            *(f"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank"),
        ]
        process = subprocess.Popen(arguments, stderr=subprocess.DEVNULL)
        try:
            with connect(_tab(Path(profile), process), max_size=None, proxy=None) as socket:
                yield Browser(socket)
        finally:
            process.terminate()
            process.wait(20)


def _tab(profile: Path, process: subprocess.Popen[bytes]) -> str:
    """Address of the first tab, once the browser has written its port."""
    import httpx

    note = profile / "DevToolsActivePort"
    deadline = time.monotonic() + _PATIENCE
    while not (note.exists() and note.read_text().count("\n")):
        assert process.poll() is None, "chromium ended at once"
        assert time.monotonic() < deadline, "chromium did not start"
        time.sleep(0.05)
    port = note.read_text().splitlines()[0]
    tabs = httpx.get(f"http://127.0.0.1:{port}/json/list", trust_env=False).json()
    address: str = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
    return address
