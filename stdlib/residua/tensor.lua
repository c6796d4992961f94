-- Tensors: the native module as it is. Values are immutable; dims and elements count from 1.
return require("residua.native").tensor
