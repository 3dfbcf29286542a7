"""A text editor as the YAML language server sees one: it opens a file over stdio, and asks."""

import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any, Self

PATIENCE = 240  #: seconds for an answer; a server that is silent for so long is stuck

#: What an editor's settings say: our schema alone, and nothing from the network.
SETTINGS = {
    "yaml": {
        "validate": True,
        "completion": True,
        "hover": True,
        "schemaStore": {"enable": False, "url": ""},
        "kubernetesCRDStore": {"enable": False},
    }
}


class Editor:
    """One language server with its client's side of the talk (Language Server Protocol 3.17)."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self._folder = folder
        self._asked = 0
        self._heard: queue.Queue[dict[str, Any]] = queue.Queue()
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        uri = self._folder.as_uri()
        documents = {
            "completion": {"completionItem": {"snippetSupport": True}},
            "hover": {"contentFormat": ["markdown"]},
        }
        self.ask(
            "initialize",
            processId=None,
            rootUri=uri,
            workspaceFolders=[{"uri": uri, "name": "workspace"}],
            capabilities={"textDocument": documents, "workspace": {"configuration": True}},
        )
        self.tell("initialized")
        return self

    def __exit__(self, *_: object) -> None:
        self.ask("shutdown")
        self.tell("exit")
        self._server.wait(PATIENCE)
        for pipe in (self._server.stdin, self._server.stdout):
            pipe.close()

    def open(self, name: str, text: str) -> list[dict[str, Any]]:
        """Open the file *name* as *text* and return what the server underlines."""
        document = {"uri": self._uri(name), "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=document)
        return self._wait(lambda said: _published(said, document["uri"]))["params"]["diagnostics"]

    def complete(self, name: str, line: int, column: int) -> dict[str, str]:
        """Return what is proposed at a place (from 0), each with what is said of it."""
        found = self.ask("textDocument/completion", **self._at(name, line, column))
        return {item["label"]: _words(item.get("documentation")) for item in (found or {"items": []})["items"]}

    def hover(self, name: str, line: int, column: int) -> str:
        """Return what is shown when the mouse rests at a place (from 0)."""
        found = self.ask("textDocument/hover", **self._at(name, line, column))
        return _words(found["contents"]) if found else ""

    def ask(self, method: str, **params: Any) -> Any:
        """Send a request and return its result."""
        self._asked += 1
        number = self._asked
        self._send({"id": number, "method": method, "params": params})
        answer = self._wait(lambda said: said.get("id") == number and "method" not in said)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def tell(self, method: str, **params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def _uri(self, name: str) -> str:
        return (self._folder / name).as_uri()

    def _at(self, name: str, line: int, column: int) -> dict[str, Any]:
        return {"textDocument": {"uri": self._uri(name)}, "position": {"line": line, "character": column}}

    def _wait(self, wanted: Any) -> dict[str, Any]:
        """Return the next message that is *wanted*; answer what the server asks meanwhile."""
        while True:
            said = self._heard.get(timeout=PATIENCE)
            if wanted(said):
                return said
            if "method" in said and "id" in said:
                self._send({"id": said["id"], "result": _answer(said)})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._server.stdin.flush()

    def _listen(self) -> None:
        """Put what the server says into the queue, until it says no more."""
        out = self._server.stdout
        while header := out.readline():
            length = int(header.split(b":")[1])
            while out.readline().strip():
                pass
            self._heard.put(json.loads(out.read(length)))


def _published(said: dict[str, Any], uri: str) -> bool:
    return said.get("method") == "textDocument/publishDiagnostics" and said["params"]["uri"] == uri


def _answer(said: dict[str, Any]) -> Any:
    """Return the answer to what the server asked: its settings; all else is granted."""
    if said["method"] == "workspace/configuration":
        return [SETTINGS.get(item.get("section")) for item in said["params"]["items"]]
    return None


def _words(said: Any) -> str:
    return said["value"] if isinstance(said, dict) else said or ""
