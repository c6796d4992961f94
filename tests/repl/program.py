"""What the tests of the program share: the executable, and a folder of its own for each test."""
import os
import subprocess
import sys
import tempfile
import unittest

from terminal import TIMEOUT

HERE = os.path.dirname(os.path.abspath(__file__))
EXE = os.environ.get("RESIDUA_EXE", os.path.join(HERE, "..", "..", "build", "residua"))
if len(sys.argv) > 1 and os.path.isfile(sys.argv[1]):
    EXE = sys.argv.pop(1)
EXE = os.path.abspath(EXE)


class ProgramTest(unittest.TestCase):
    """Gives each test a folder, and programs that leave nothing outside it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.history = os.path.join(self.folder, "state", "history")
        self.env = dict(os.environ, TERM="dumb", INPUTRC="/dev/null", COLUMNS="80",
                        RESIDUA_HISTORY=self.history, RESIDUA_STORE="off")

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def program(self, *args, timeout=TIMEOUT, **more):
        return subprocess.run([EXE, *args], env=self.env, cwd=self.folder, capture_output=True,
                              text=True, timeout=timeout, check=False, **more)
