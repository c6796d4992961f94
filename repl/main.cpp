// The program `residua`: a Lua session, scripts and experiments. See repl/command.lua for the
// command line.

#include "repl/host.hpp"

int main(int argc, char** argv) {
  return residua::run_host(argc, argv);
}
