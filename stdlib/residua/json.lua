-- JSON: decode and encode plain values. The native module as it is.
return require("residua.native").json
