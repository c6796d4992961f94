#pragma once
// Where tensors are computed: the device, the threads, and what the libraries underneath are.

#include <c10/core/Device.h>
#include <string>

namespace residua::device {

/// The device that models compute on; "cpu" until `set`.
c10::Device current();
/// Chooses "cpu", "cuda" or "cuda:1". Throws Error when this libtorch has no such device.
void set(const std::string& name);

/// OMP_NUM_THREADS where it is set, else one per core that this process may run on.
int default_threads();
/// Sets libtorch's threads; 0 means the default.
void set_threads(int count);
int threads();
int cores();

/// libtorch's version and build, in its own words (BLAS, oneDNN, vector instructions).
std::string libtorch_version();
std::string libtorch_config();
/// Path of the shared library that sgemm comes from, or "inside libtorch".
std::string blas_library();

} // namespace residua::device
