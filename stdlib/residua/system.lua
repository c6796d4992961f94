-- The machine and the process: the native module as it is.
return require("residua.native").system
