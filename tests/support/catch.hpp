#pragma once
// The only include of Catch2. ATen comes first: libtorch's logging macros would otherwise replace
// Catch2's CHECK by one that aborts the process.

#include <ATen/core/Tensor.h>

#ifdef CHECK
#undef CHECK
#endif

#include <catch2/catch.hpp>
