#pragma once
// The only include of Catch2. libtorch's logging comes first: its CHECK macro would otherwise
// replace Catch2's by one that aborts the process (1.13, through glog) or takes one argument
// (2.13).

#include <ATen/core/Tensor.h>
#include <c10/util/Logging.h>

#undef CHECK

#include <catch2/catch.hpp>
