"""A program on a pseudo-terminal: send keys, wait for patterns. Standard library only."""
import os
import pty
import re
import select
import signal
import time

TIMEOUT = 120  # seconds; generous, since the machine may be busy


class Terminal:
    """Runs a program on a terminal of its own, 80 cells wide."""

    def __init__(self, command, env, cwd=None):
        self.text = ""
        self.seen = 0  # what the test has looked at already
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(env)
            if cwd:
                os.chdir(cwd)
            os.execv(command[0], command)

    def send(self, keys):
        os.write(self.fd, keys.encode())

    def _read(self, seconds):
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:  # the program closed its side
            return False
        self.text += data.decode("utf-8", "replace")
        return bool(data)

    def expect(self, pattern, timeout=TIMEOUT):
        """Waits until `pattern` appears after what was seen; returns the match."""
        deadline = time.monotonic() + timeout
        alive = True
        while True:
            match = re.compile(pattern).search(self.text, self.seen)
            if match:
                self.seen = match.end()
                return match
            if not alive or time.monotonic() > deadline:
                raise AssertionError(f"no {pattern!r} in {self.text[self.seen:]!r}")
            alive = self._read(1)

    def appears(self, pattern, seconds):
        """Whether `pattern` appears within some seconds."""
        try:
            self.expect(pattern, seconds)
            return True
        except AssertionError:
            return False

    def wait(self):
        """Waits for the end of the program; returns its exit status."""
        deadline = time.monotonic() + TIMEOUT
        while self._read(0.2):
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        self.pid = None
        return os.waitstatus_to_exitcode(status)

    def close(self):
        if self.pid is not None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)
