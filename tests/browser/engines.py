"""Browsers besides Chromium: WebKitGTK, driven by WebDriver, and Firefox, by Marionette.

Both answer the commands of the WebDriver standard, so that tests need no library to send a few.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

BROWSERS = Path("/usr/lib", f"{os.uname().machine}-linux-gnu")
MINI = BROWSERS / "webkit2gtk-4.1" / "MiniBrowser"
PATIENCE = 90  # seconds
FIND = """const find = (css, root = document) => {
  for (const each of root.querySelectorAll("*")) {
    if (each.matches(css)) return each;
    const inside = each.shadowRoot && find(css, each.shadowRoot);
    if (inside) return inside;
  }
  return null;
};
"""
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
PATHS = {
    "ExecuteScript": "/execute/sync", "PerformActions": "/actions", "Navigate": "/url",
    "SetWindowRect": "/window/rect",
}  # fmt: skip
DOWN, UP = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}


def to(x, y):
    """A pointer's way to a place of the window, in pixels."""
    return {"type": "pointerMove", "duration": 0, "x": round(x), "y": round(y)}


def _until(ask, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if answer := ask():
            return answer
        subprocess.run(["sleep", "0.05"], check=True)  # it is another process that works
    raise AssertionError(f"not within {PATIENCE} s: {what}")


class Browser:
    """One window; `command(name, **body)` is the wire's."""

    def do(self, script):
        """The value of JavaScript, in which `find(css)` looks through shadow roots, too."""
        return self.command("ExecuteScript", script=FIND + script, args=[])

    def until(self, condition, doing=lambda: None):
        def ask():
            doing()
            return self.do(f"return {condition};")

        return _until(ask, condition)

    def box(self, css):
        """An element's left, top, width, height in pixels of the window; WebKit tells others."""
        return self.do(
            f"""const it = find({css!r}), box = it.getBoundingClientRect();
            const zoom = Number(document.documentElement.dataset.zoom ?? 1);
            const by = Math.abs(box.width / it.offsetWidth - 1) < 0.01 ? zoom : 1;
            return [box.left, box.top, box.width, box.height].map((value) => by * value);"""
        )

    def place(self, css, x=0.5, y=0.5):
        """A place of an element that lies still, told by shares of its width and height."""
        box = None
        while box != (box := self.box(css)):
            subprocess.run(["sleep", "0.1"], check=True)
        left, top, width, height = box
        return to(left + x * width, top + y * height)

    def click(self, css):
        self.mouse(self.place(css), DOWN, UP)

    def mouse(self, *steps):
        pointer = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
        self.command("PerformActions", actions=[{**pointer, "actions": list(steps)}])


class WebKit(Browser):
    NEEDS = "webkit2gtk-driver and xvfb"

    @staticmethod
    def there():
        return MINI.exists() and all(shutil.which(name) for name in ("WebKitWebDriver", "Xvfb"))

    def __init__(self, folder):
        port = _free_port()
        readable, writable = os.pipe()
        screen = [
            "Xvfb",
            "-displayfd",
            str(writable),
            "-screen",
            "0",
            "1600x1000x24",
            "-nolisten",
            "tcp",
        ]
        self.processes = [subprocess.Popen(screen, pass_fds=[writable], **QUIET)]
        os.close(writable)
        with os.fdopen(readable) as told:
            display = f":{told.readline().strip()}"
        own = {"DISPLAY": display, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
        driver = ["WebKitWebDriver", f"--port={port}"]
        self.processes.append(subprocess.Popen(driver, env=os.environ | own, **QUIET))
        self.url = f"http://127.0.0.1:{port}/session"
        options = {"binary": str(MINI), "args": ["--automation"]}
        wish = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        self.url += "/" + _until(lambda: self._asked("", wish), "WebKitWebDriver")["sessionId"]

    def _asked(self, path, body):
        """None while nobody listens yet."""
        request = urllib.request.Request(self.url + path, json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error
        except OSError:
            return None

    def command(self, name, **body):
        return self._asked(PATHS[name], body)

    def close(self):
        end = urllib.request.Request(self.url, method="DELETE")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(end, timeout=PATIENCE).close()
        _stop(self.processes)


class Firefox(Browser):
    NEEDS = "firefox-esr"

    @staticmethod
    def there():
        return bool(shutil.which("firefox-esr"))

    def __init__(self, folder):
        port = _free_port()
        (folder / "user.js").write_text(f'user_pref("marionette.port", {port});\n')
        order = [
            "firefox-esr",
            "--headless",
            "--marionette",
            "--no-remote",
            "--profile",
            str(folder),
        ]
        self.processes = [subprocess.Popen(order, env=os.environ | {"HOME": str(folder)}, **QUIET)]
        self.socket = _until(lambda: _joined(port), "Marionette")
        self.wire = self.socket.makefile("rwb")
        self._told()
        self.command("NewSession")

    def _told(self):
        size = b""
        while (byte := self.wire.read(1)) != b":":
            size += byte
        return json.loads(self.wire.read(int(size)))

    def command(self, name, **body):
        words = json.dumps([0, 1, f"WebDriver:{name}", body]).encode()
        self.wire.write(b"%d:%b" % (len(words), words))
        self.wire.flush()
        _, _, fault, value = self._told()
        assert fault is None, fault
        return value.get("value")

    def close(self):
        self.wire.close()
        self.socket.close()
        _stop(self.processes)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _joined(port):
    try:
        return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    except OSError:
        return None


def _stop(processes):
    for process in reversed(processes):
        process.terminate()
        process.wait(PATIENCE)
