"""Tests of sessions of the program `residua` on a pseudo-terminal.

Usage: python3 repl_test.py [EXECUTABLE] [unittest options]; or RESIDUA_EXE names the executable.
"""
import os
import random
import sys
import termios
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import EXE, ProgramTest  # noqa: E402
from terminal import TIMEOUT, Terminal  # noqa: E402

PROMPT = r"(?<=[\r\n])> $"
CTRL_C, CTRL_D, CTRL_P, TAB = "\x03", "\x04", "\x10", "\t"


class SessionTest(ProgramTest):
    """Tests on a terminal."""

    def session(self):
        terminal = Terminal([EXE], self.env, self.folder)
        self.addCleanup(terminal.close)
        terminal.expect(PROMPT)
        return terminal

    def run_line(self, terminal, line):
        """Runs a command; returns what it printed, without the echo of the command."""
        terminal.send(line + "\r")
        terminal.expect(r"\n")
        start = terminal.seen
        terminal.expect(PROMPT)
        output = terminal.text[start:terminal.seen].replace("\r", "")
        return output[:-len("\n> ")]


class ResultsTest(SessionTest):
    def test_expressions_print_themselves(self):
        s = self.session()
        self.assertEqual(self.run_line(s, "1 + 1"), "2")
        self.assertEqual(self.run_line(s, '1, "a", nil'), '1  "a"  nil')
        self.assertEqual(self.run_line(s, "x = 5"), "")
        self.assertEqual(self.run_line(s, "x"), "5")

    def test_semicolon_suppresses_and_underscore_keeps(self):
        s = self.session()
        self.assertEqual(self.run_line(s, "20 + 1;"), "")
        self.assertEqual(self.run_line(s, "_ * 2"), "42")
        self.assertEqual(self.run_line(s, "_"), "42")

    def test_tables_print_readably(self):
        s = self.session()
        self.assertEqual(self.run_line(s, "{ 1, 'two', { bits = 4, deep = { {} } } }"),
                         '{ 1, "two", { bits = 4, deep = {...} } }')
        self.assertEqual(self.run_line(s, "{ {a = 1, b = 'x'}, {a = 22, b = 'y'} }"),
                         " a  b\n--  -\n 1  x\n22  y")

    def test_several_lines(self):
        s = self.session()
        s.send("for i = 1, 2 do\r")
        s.expect(r"\n\.\. $")
        s.send("print('line', i)\r")
        s.expect(r"\n\.\. $")
        self.assertEqual(self.run_line(s, "end"), "line\t1\nline\t2")

    def test_locals_stay_for_the_next_command(self):
        s = self.session()
        self.assertEqual(self.run_line(s, "local a, b = 2, 3"), "")
        self.assertEqual(self.run_line(s, "a * b"), "6")

    def test_slow_commands_show_their_time(self):
        s = self.session()
        output = self.run_line(s, "local t = os.time() while os.time() < t + 3 do end")
        self.assertRegex(output, r"^\(\d+\.\d s\)$")

    def test_end_of_input_leaves(self):
        s = self.session()
        s.send(CTRL_D)
        self.assertEqual(s.wait(), 0)


class ErrorsTest(SessionTest):
    def test_undefined_globals_are_named(self):
        s = self.session()
        self.assertEqual(self.run_line(s, "modle"),
                         "error: undefined global 'modle' (did you mean 'model'?)")

    def test_errors_take_one_line_and_traceback_is_kept(self):
        s = self.session()
        self.assertEqual(self.run_line(s, "function f() error('bad luck') end"), "")
        self.assertEqual(self.run_line(s, "f()"), "error: bad luck")
        self.assertIn("in function 'f'", self.run_line(s, "help.traceback()"))

    def test_syntax_errors(self):
        s = self.session()
        self.assertRegex(self.run_line(s, "x = = 1"), "^error: unexpected symbol near '='$")
        self.assertEqual(self.run_line(s, "1"), "1")

    def test_error_objects(self):
        s = self.session()
        self.assertIn("without a message", self.run_line(s, "error(nil)"))
        self.assertIn("table without __tostring", self.run_line(s, "error({})"))
        self.assertEqual(self.run_line(s, "error(setmetatable({}, {__tostring=function() "
                                          "return 'E7' end}))"), "error: E7")

    def test_stack_overflow_is_an_error(self):
        s = self.session()
        self.run_line(s, "function deep() return 1 + deep() end")
        self.assertIn("stack overflow", self.run_line(s, "deep()"))
        self.assertEqual(self.run_line(s, "1"), "1")

    def test_hiding_a_module_is_noted(self):
        s = self.session()
        self.assertIn("hides the module", self.run_line(s, "quant = 5"))
        self.run_line(s, "quant = nil")
        self.assertIn("module quant", self.run_line(s, "quant"))


class HelpTest(SessionTest):
    def test_question_marks(self):
        s = self.session()
        for command in ("?quant.int", "quant.int?", "help(quant.int)", "help 'quant.int'"):
            output = self.run_line(s, command)
            self.assertIn("quant.int(opts?)", output)
            self.assertIn("Options in opts", output)
        self.assertIn("count from 1", self.run_line(s, "?"))
        self.assertIn("count from 0", self.run_line(s, "help()"))

    def test_native_types(self):
        s = self.session()
        self.run_line(s, "t = tensor.ones(2, 3)")
        self.assertIn("Tensor:matmul(other)", self.run_line(s, "?t"))
        self.assertIn("matrix product", self.run_line(s, "?t.matmul"))


class CompletionTest(SessionTest):
    def complete(self, s, typed, completed):
        s.send(typed + TAB)
        s.expect(completed)
        s.send(CTRL_C)
        s.expect(PROMPT)

    def test_names(self):
        s = self.session()
        self.complete(s, "coro", "utine")
        self.complete(s, "string.form", "at")
        self.run_line(s, "settings = { learning_rate = 1 }")
        self.complete(s, "print(settings.lear", "ning_rate")
        self.complete(s, "?quant.nf", r"quant\.nf4")

    def test_methods(self):
        s = self.session()
        self.run_line(s, "t = tensor.ones(2)")
        self.complete(s, "t:matm", "ul")
        self.complete(s, "('x'):form; t:matm", "ul")

    def test_options_of_functions(self):
        s = self.session()
        self.complete(s, "quant.int { ful", "l_range = ")
        self.complete(s, "quant.int { bits = 4, symm", "etric = ")

    def test_options_over_two_lines(self):
        s = self.session()
        s.send("quant.int {\r")
        s.expect(r"\n\.\. $")
        self.complete(s, "symm", "etric = ")

    def test_file_names(self):
        self.write("unusual_name.txt", "")
        s = self.session()
        self.complete(s, 'io.open("unus', r"ual_name\.txt")

    def test_several_candidates_are_listed(self):
        s = self.session()
        s.send("string.g" + TAB + TAB)
        s.expect(r"gmatch\s+gsub")
        s.send(CTRL_C)
        s.expect(PROMPT)
        self.assertEqual(self.run_line(s, "1"), "1")


class HistoryTest(SessionTest):
    def test_history_lasts_beyond_the_session(self):
        s = self.session()
        self.run_line(s, "'first' .. 'run'")
        s.send("for i = 1, 1 do\r")
        s.expect(r"\n\.\. $")
        self.run_line(s, "print('a block') end")
        s.send(CTRL_D)
        self.assertEqual(s.wait(), 0)
        s = self.session()
        self.assertIn("a block", self.run_line(s, CTRL_P))
        self.assertIn("firstrun", self.run_line(s, CTRL_P + CTRL_P))

    def test_session_without_a_place_for_history(self):
        self.env["RESIDUA_HISTORY"] = "/proc/no/such/history"
        s = self.session()
        self.assertEqual(self.run_line(s, "1"), "1")


class InterruptTest(SessionTest):
    def interrupt(self, s, command):
        s.send(command + "\r")
        s.expect("started")
        s.send(CTRL_C)
        s.expect("interrupted")
        s.expect(PROMPT)
        self.assertEqual(self.run_line(s, "1 + 1"), "2")

    def test_lua_loop(self):
        s = self.session()
        self.interrupt(s, "print('star' .. 'ted') while true do end")
        self.interrupt(s, "print('star' .. 'ted') while true do end")

    def test_native_calls(self):
        s = self.session()
        self.run_line(s, "a = tensor.eye(300);")
        self.interrupt(s, "print('star' .. 'ted') while true do a = a:matmul(a) end")

    def test_native_code(self):
        s = self.session()
        self.run_line(s, "stats = require('residua.native').stats;")
        self.run_line(s, "x = {} for i = 1, 20000 do x[i] = i end")
        self.interrupt(s, "print('star' .. 'ted') stats.one_sample(x, nil, nil, 1, 0.9, 1000000)")
        # A Lua function that native code calls back.
        self.run_line(s, "function slow() for i = 1, 1e6 do end return 1 end")
        self.interrupt(s, "print('star' .. 'ted') stats.bootstrap(9, slow, 1, 0.9, 100000)")

    def test_matrix_products(self):
        # A handler on the stack of a product of oneDNN 2.6 would write over its operands.
        s = self.session()
        self.run_line(s, "m, t = model.load('mini'), corpus.load('parallel16', { sentences = 16 })")
        self.run_line(s, "before = m:loss(t):mean()")
        for bits in range(2, 9):
            with_bits = f"with = quant.int({{ bits = {bits} }})"
            s.send(f"print('star' .. 'ted') m:quantized({{ {with_bits} }}):loss(t):mean()\r")
            s.expect("started")
            time.sleep(random.uniform(0.2, 0.5))
            s.send(CTRL_C)
            s.expect(PROMPT)
        self.assertIn("same: true", self.run_line(s, "print('same: ' .. tostring(m:loss(t):mean() == before))"))

    def test_loop_that_catches_errors(self):
        s = self.session()
        self.run_line(s, "function spin() while true do end end")
        s.send("print('star' .. 'ted') while true do pcall(spin) end\r")
        s.expect("started")
        for _ in range(TIMEOUT):
            s.send(CTRL_C)
            if s.appears("interrupted", 1):
                break
        s.expect(PROMPT)
        self.assertEqual(self.run_line(s, "1 + 1"), "2")

    def test_half_typed_line(self):
        s = self.session()
        s.send("no_such_function(")
        s.expect(r"no_such_function\(")
        s.send(CTRL_C)
        s.expect(r"\^C")
        s.expect(PROMPT)
        self.assertEqual(self.run_line(s, "1 + 1"), "2")

    def test_half_typed_command(self):
        s = self.session()
        s.send("if true then\r")
        s.expect(r"\n\.\. $")
        s.send(CTRL_C)
        s.expect(PROMPT)
        self.assertEqual(self.run_line(s, "1 + 1"), "2")

    def test_empty_line(self):
        s = self.session()
        for _ in range(3):
            s.send(CTRL_C)
            s.expect(r"\^C")
            s.expect(PROMPT)
        self.assertEqual(self.run_line(s, "1 + 1"), "2")

    def test_terminal_is_left_as_it_was(self):
        s = self.session()
        self.interrupt(s, "print('star' .. 'ted') while true do end")
        s.send("print('now') io.read()\r")
        s.expect("\nnow")
        flags = termios.tcgetattr(s.fd)[3]
        self.assertTrue(flags & termios.ECHO and flags & termios.ICANON)


if __name__ == "__main__":
    unittest.main(verbosity=2)
