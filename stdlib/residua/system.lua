-- The machine and the process. The native module as it is.
return require("residua.native").system
