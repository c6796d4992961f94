#pragma once
// The host of the Lua side: makes the state, tells it where the library is, and runs
// repl/command.lua.

namespace residua {

/// The folder of the library: what the environment variable RESIDUA_HOME says, or where it was
/// built.
const char* home_folder();

/// Runs the program with the arguments of main; returns the exit status.
int run_host(int argc, char** argv);

} // namespace residua
