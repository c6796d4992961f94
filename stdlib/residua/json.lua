-- JSON: the native module as it is.
return require("residua.native").json
