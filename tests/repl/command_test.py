"""Tests of the command line of `residua` through pipes: scripts, plain sessions, wrong use.

Usage: python3 command_test.py [EXECUTABLE] [unittest options]; or RESIDUA_EXE names the executable.
"""
import json
import os
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import EXE, ProgramTest  # noqa: E402
from terminal import TIMEOUT  # noqa: E402


class ScriptTest(ProgramTest):
    def test_arguments(self):
        path = self.write("args.lua", "print(arg[0]:match('[^/]+$'), #arg, ...)")
        done = self.program(path, "a", "--model", "b c")
        self.assertEqual((done.returncode, done.stdout), (0, "args.lua\t3\ta\t--model\tb c\n"))

    def test_print_shows_plain_tables(self):
        path = self.write("show.lua", "print({ 1, low = 2 }, 'a', nil)\n"
                          "print(setmetatable({}, { __tostring = function() return 'own' end }))")
        self.assertEqual(self.program(path).stdout, "{ 1, low = 2 }\ta\tnil\nown\n")

    def test_failure(self):
        path = self.write("bad.lua", "local function f() error('no luck') end\nf()\n")
        done = self.program(path)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^\S*bad\.lua:1: no luck\n$")
        self.assertIn("stack traceback", self.program("--traceback", path).stderr)

    def test_globals_are_strict(self):
        done = self.program(self.write("read.lua", "print(modle)"))
        self.assertRegex(done.stderr, r"read\.lua:1: undefined global 'modle' \(did you mean 'model'")
        done = self.program(self.write("write.lua", "x = 1"))
        self.assertRegex(done.stderr, r"write\.lua:1: assignment to new global 'x'")
        self.assertEqual(done.returncode, 1)

    def test_errors_of_the_library_name_the_script(self):
        done = self.program(self.write("opt.lua", "local q =\n  quant.int { bist = 4 }\nprint(q)"))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^\S*opt\.lua:2: .*bist.*did you mean 'bits'.*\n$")

    def test_interrupt(self):
        path = self.write("loop.lua", "io.stdout:write('started\\n'):flush() while true do end")
        with subprocess.Popen([EXE, path], env=self.env, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            self.assertEqual(process.stdout.readline(), "started\n")
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=TIMEOUT)
            self.assertEqual((process.returncode, errors), (130, "interrupted\n"))

    def test_interrupt_of_a_coroutine(self):
        spin = "io.stdout:write('started\\n'):flush() while true do end"
        for loop in (f"coroutine.wrap(function() {spin} end)()",
                     f"assert(coroutine.resume(coroutine.create(function() {spin} end)))",
                     f"coroutine.wrap(function() coroutine.wrap(function() {spin} end)() end)()",
                     f"coroutine.wrap(function() coroutine.yield() end)() {spin}"):
            path = self.write("spin.lua", loop)
            with subprocess.Popen([EXE, path], env=self.env, text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE) as process:
                self.assertEqual(process.stdout.readline(), "started\n")
                process.send_signal(signal.SIGINT)
                _, errors = process.communicate(timeout=TIMEOUT)
                self.assertEqual((process.returncode, errors), (130, "interrupted\n"), loop)

    def test_coroutines_are_those_of_lua(self):
        done = self.program(self.write("co.lua", """
            local co = coroutine.create(function(a, b)
              local c = coroutine.yield(a + b, a)
              return c, nil
            end)
            assert(table.concat({ select(2, coroutine.resume(co, 1, 2)) }, " ") == "3 1")
            assert(coroutine.status(co) == "suspended")
            assert(select("#", coroutine.resume(co, 7)) == 3 and coroutine.status(co) == "dead")
            local ok, why = coroutine.resume(co)
            assert(not ok and why == "cannot resume dead coroutine")
            local of = coroutine.wrap(function(...) for i = 1, select("#", ...) do coroutine.yield(i, ...) end end)
            assert(of(5, 6) == 1 and of() == 2 and of() == nil)
            ok, why = pcall(function() of() end)
            assert(not ok and why:find("co.lua:%d+: cannot resume dead coroutine"), why)
            local thrown = {}
            ok, why = pcall(coroutine.wrap(function() error(thrown) end))
            assert(not ok and why == thrown)
            local closed
            ok, why = pcall(coroutine.wrap(function()
              local _ <close> = setmetatable({}, { __close = function(_, e) closed = e end })
              error("here")
            end))
            assert(not ok and why:find("co.lua:%d+: here") and closed:find("here"), why)
            assert(not pcall(coroutine.wrap, 1) and not pcall(coroutine.resume, 1))
            assert(coroutine.wrap(function() return coroutine.isyieldable(), coroutine.running() end)())
            print("done")"""))
        self.assertEqual((done.stdout, done.stderr), ("done\n", ""))

    def test_second_interrupt_ends_what_does_not_listen(self):
        path = self.write("deaf.lua", "local function spin() while true do end end\n"
                          "io.stdout:write('started\\n'):flush()\nwhile true do pcall(spin) end")
        with subprocess.Popen([EXE, path], env=self.env, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            self.assertEqual(process.stdout.readline(), "started\n")
            while process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(0.2)
                except subprocess.TimeoutExpired:
                    pass
            self.assertIn(process.returncode, (130, -signal.SIGINT))


class InterruptedReportTest(ProgramTest):
    EXPERIMENT = ("return experiment { id = 'X-001', title = 'x', asks = 'x?', predicts = { up = 'it rises' },\n"
                  "  run = function(_, x) x:plot({ 1, 2 }) x:verdict('up', { estimate = 1, low = 0, high = 2 }) end }")

    def test_the_status_says_so(self):
        gnuplot = self.write("gnuplot", "#!/bin/sh\ntouch drawing\nsleep 3\n")  # slow enough to interrupt
        os.chmod(gnuplot, 0o755)
        self.env["PATH"] = self.folder + os.pathsep + self.env["PATH"]
        self.write("texts.jsonl", "{\"language\": \"eng\", \"text\": \"One.\"}\n")
        with subprocess.Popen([EXE, "run", self.write("X-001.lua", self.EXPERIMENT), "--texts", "texts.jsonl"], text=True,
                              env=self.env, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            while process.poll() is None and not os.path.exists(os.path.join(self.folder, "drawing")):
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            out, errors = process.communicate(timeout=TIMEOUT)
        self.assertEqual((process.returncode, errors),
                         (130, "warning: the report is not complete: interrupted\ninterrupted\n"))
        self.assertRegex(out, r"(?m)^records: runs/\S+-X-001/record\.jsonl$")


class PlainTest(ProgramTest):
    def test_session_without_a_terminal(self):
        done = self.program(input="x = 2\nx + 1\nfor i = 1, 2 do\n  print(i)\nend\n?quant.int\n")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.startswith("3\n1\n2\nquant.int(opts?)"), done.stdout)
        self.assertNotIn("\x1b", done.stdout)
        self.assertNotIn("> ", done.stdout.replace("->", ""))

    def test_failed_commands_show_in_the_status(self):
        done = self.program(input="modle\n1 + 1\n")
        self.assertEqual((done.returncode, done.stdout), (1, "2\n"))
        self.assertIn("undefined global 'modle'", done.stderr)
        self.assertEqual(self.program(input="if true then\n").returncode, 1)

    def test_code_on_the_command_line(self):
        done = self.program("-e", "1 + 1, 'x'")
        self.assertEqual((done.returncode, done.stdout), (0, '2\n"x"\n'))
        self.assertEqual(self.program("-e", "error('x')").returncode, 1)

    def test_help_on_the_command_line(self):
        for question in "?quant.int", "quant.int?", "? quant.int":
            done = self.program("-e", question)
            self.assertEqual((done.returncode, done.stdout[:16]), (0, "quant.int(opts?)"), question)
        self.assertEqual(self.program("-e", "?nothing.such").returncode, 1)
        self.assertIn("stats", self.program("-e", "?").stdout)


class LibraryTest(ProgramTest):
    HOME = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

    def setUp(self):
        super().setUp()
        for name in ("stdlib", "repl"):
            os.symlink(os.path.join(self.HOME, name), os.path.join(self.folder, name))
        os.makedirs(os.path.join(self.folder, "scripts", "t"))
        os.symlink(os.path.join(self.HOME, "scripts", "t", "T-004.lua"),
                   os.path.join(self.folder, "scripts", "t", "T-004.lua"))
        self.env["RESIDUA_HOME"] = self.folder

    def test_a_broken_script_does_not_hide_the_others(self):
        self.assertEqual(self.program("list").returncode, 0)
        self.write(os.path.join("scripts", "t", "T-900.lua"), "return experiment {")
        done = self.program("list")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"(?m)^T-004 +Residual propagation ")
        self.assertRegex(done.stderr, r"\Aresidua: T-900 cannot be loaded: [^\n]*T-900\.lua:1: [^\n]*\n\Z")
        done = self.program("doc", "t")
        self.assertEqual(done.returncode, 0)
        self.assertIn("T-900  cannot be loaded: ", done.stdout)


class WrongUseTest(ProgramTest):
    def check(self, args, message, status=2):
        done = self.program(*args)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, r"\A[^\n]*" + message + r"[^\n]*\n\Z")

    def test_one_line_names_the_option_and_the_nearest_one(self):
        self.check(["--devise", "cpu"], r"unknown option '--devise' \(did you mean '--device'\?\)")
        self.check(["run", "T-004", "--modle", "m"], r"'--modle' \(did you mean '--model'\?\)")
        self.check(["rnu", "T-004"], r"'rnu' \(did you mean 'run'\?\)")

    def test_values(self):
        self.check(["run", "T-004", "--seed"], "'--seed' needs a value")
        self.check(["run", "T-004", "--seed", "x"], "'--seed' takes a whole number of at least 0, not 'x'")
        self.check(["run", "T-004", "--quick=1"], "'--quick' takes no value")
        self.check(["--device", "tpu9", "-e", "1"], "tpu9")

    def test_missing_things(self):
        self.check(["run"], "needs the id")
        self.check(["run", "T-004", "--quick", "--full"], "exclude each other")
        self.check(["new"], "needs one name")
        self.check(["list", "T-004"], "list does not take 'T-004'")
        self.check(["-e", "1", "2"], "-e does not take '2'; put all of its code in quotes")
        self.check(["no_such_file.lua"], "no_such_file.lua")
        self.check(["test", "no_such"], "no test file 'no_such'")
        self.check(["doc", "zzzzzz"], "nothing found for 'zzzzzz'", status=1)

    def test_right_use(self):
        self.assertIn("run experiments: T-004", self.program("--help").stdout)
        own = self.program("run", "--help").stdout
        self.assertIn("--model2 M", own)
        self.assertNotIn("residua list", own)
        self.assertRegex(self.program("--version").stdout, r"^residua \d+\.\d+\.\d+\n$")
        self.assertIn("Tensor:matmul(other)", self.program("doc", "Tensor:matmul").stdout)
        self.assertIn("count from 1", self.program("doc").stdout)


class InfoTest(ProgramTest):
    GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden")

    def test_lines_and_json(self):
        folder = os.path.join(self.GOLDEN, "gpt2-tied")
        done = self.program("info", folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"(?m)^model +gpt2-tied$")
        self.assertNotRegex(done.stdout, r"(?m)^digest ")
        found = json.loads(self.program("info", folder, "--json", "--digest").stdout)
        self.assertEqual((found["family"], found["layers"], found["width"]), ("gpt2", 3, 32))
        self.assertEqual(found["bytes"], os.path.getsize(os.path.join(folder, "model.safetensors")))
        self.assertRegex(found["digest"], r"^[0-9a-f]{32}$")

    def test_an_id_is_found_in_the_cache(self):
        repository = os.path.join(self.folder, "hub", "models--owner--small")
        os.makedirs(os.path.join(repository, "refs"))
        os.makedirs(os.path.join(repository, "snapshots"))
        self.write(os.path.join(repository, "refs", "main"), "abc123\n")
        os.symlink(os.path.join(self.GOLDEN, "gpt2-f16"), os.path.join(repository, "snapshots", "abc123"))
        self.env["HF_HOME"] = self.folder
        self.env.pop("HF_HUB_CACHE", None)
        done = self.program("info", "owner/small")
        self.assertRegex(done.stdout, r"(?m)^model +owner/small$", done.stderr)
        self.env["HF_HUB_CACHE"] = os.path.join(self.folder, "elsewhere")
        done = self.program("info", "owner/small")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"\A[^\n]*elsewhere/models--owner--small; get it with: hf download "
                         r"owner/small\n\Z")

    def test_a_missing_model(self):
        done = self.program("info", "nope")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"\Aresidua: model\.info: no model 'nope'[^\n]*\n\Z")

    def test_wrong_use(self):
        for args in ([], ["a", "b"]):
            done = self.program("info", *args)
            self.assertEqual(done.returncode, 2)
            self.assertIn("info needs one model", done.stderr)


class TestCommandTest(ProgramTest):
    SUITE = ('local t = require("residua.testing")\nlocal test = t.suite()\n'
             "function test.good() t.eq(1, 1) end\nfunction test.bad() t.near(1, 2, 0.5) end\n"
             'function test.later() t.skip("no data") end\nreturn test\n')

    def test_counts(self):
        done = self.program("test", self.write("sample_test.lua", self.SUITE))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"FAILED  bad\n\s+\S*sample_test\.lua:4: got 1, expected 2")
        self.assertIn("skipped later: no data", done.stdout)
        self.assertTrue(done.stdout.endswith("1 passed, 1 failed, 1 skipped\n"))

    def test_one_name(self):
        path = self.write("sample_test.lua", self.SUITE)
        done = self.program("test", path, "good")
        self.assertEqual((done.returncode, done.stdout.split("\n")[-2]),
                         (0, "1 passed, 0 failed, 0 skipped"))
        self.assertEqual(self.program("test", path, "goood").returncode, 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
