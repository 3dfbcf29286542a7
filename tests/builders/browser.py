"""
A real browser without a window, driven through its DevTools protocol.

It opens a page of this machine, answers what is asked of it, and takes its picture.
"""

import asyncio
import base64
import json
import subprocess
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Self, TypeVar

import aiohttp

from scheduler.engine import loops

PATIENCE = 240  #: seconds for an answer; a browser that is silent for so long is stuck
LARGEST = 256_000_000  #: octets of one answer
_QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
_LISTENS = "DevTools listening on "
Answer = TypeVar("Answer")


class Browser:
    """One browser with one page."""

    def __init__(self, command: str, profile: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._asked = 0
        self._page = ""
        self._process = subprocess.Popen(
            [command, *_QUIET, f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        self._run(self._connect())
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._page = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.ask("Page.enable")
        return self

    def __exit__(self, *_: object) -> None:
        self._page = ""
        self.ask("Browser.close")
        self._run(self._disconnect())
        self._process.communicate(timeout=PATIENCE)
        loops.close(self._loop)

    def open(self, page: Path, *, width: int = 1280, dark: bool = False, script: bool = True) -> None:
        """Show the file *page*, *width* pixels wide, in the light or the dark, and wait until it is loaded."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setScriptExecutionDisabled", value=not script)
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia", media="", features=[scheme])
        self._run(self._load(page.as_uri()))

    def evaluate(self, expression: str) -> Any:
        """Return what *expression* comes to on the page; a promise is waited for."""
        found = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def press(self, key: str) -> None:
        """Press and release a key."""
        codes = {"Tab": 9, "Enter": 13}
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=codes[key], **text)

    def picture(self, target: Path, *, most: int = 12_000) -> None:
        """Write a picture of the whole page, at most *most* pixels high, to *target*."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(most, size["height"]), "scale": 1}
        shot = self.ask("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        target.write_bytes(base64.b64decode(shot["data"]))

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command, and return what it answers."""
        return self._run(self._ask(method, params))

    async def _connect(self) -> None:
        assert self._process.stderr is not None
        line = ""
        while not line.startswith(_LISTENS):
            line = await asyncio.wait_for(asyncio.to_thread(self._process.stderr.readline), PATIENCE)
            assert line, "The browser ended before it listened."
        self._session = aiohttp.ClientSession()
        self._socket = await self._session.ws_connect(line.removeprefix(_LISTENS).strip(), max_msg_size=LARGEST)

    async def _disconnect(self) -> None:
        await self._socket.close()
        await self._session.close()

    async def _load(self, address: str) -> None:
        await self._ask("Page.navigate", {"url": address})
        while (await self._hear()).get("method") != "Page.loadEventFired":
            pass

    async def _ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        self._asked += 1
        number = self._asked
        said = {"id": number, "method": method, "params": params}
        await self._socket.send_json(said | ({"sessionId": self._page} if self._page else {}))
        while (heard := await self._hear()).get("id") != number:
            pass
        assert "error" not in heard, heard["error"]
        return heard["result"]

    async def _hear(self) -> dict[str, Any]:
        return json.loads(await self._socket.receive_str(timeout=PATIENCE))

    def _run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return self._loop.run_until_complete(work)
