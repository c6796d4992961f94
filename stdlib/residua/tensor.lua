-- Tensors: immutable; dims and elements count from 1. The native module as it is.
return require("residua.native").tensor
