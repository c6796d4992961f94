// The device and its threads.

#include "tests/support/catch.hpp"

#include "engine/device.hpp"
#include "tests/support/message.hpp"

#include <ATen/ATen.h>

using namespace residua;

TEST_CASE("the device is the CPU until told otherwise", "[device]") {
  CHECK(device::current().is_cpu());
  device::set("cpu");
  CHECK(device::current().is_cpu());
}

TEST_CASE("devices that there are not", "[device]") {
  for (const char* name : {"", "gpu", "cpu:x", "cuda:", "cuda:-1", "CUDA", "a\nb"})
    CHECK(message_of([&] { device::set(name); }).ends_with("; use cpu, cuda or cuda:N"));
  CHECK(message_of([] { device::set("meta"); }) ==
        "device 'meta' is not supported; use cpu, cuda or cuda:N");
  if (!at::hasCUDA())
    CHECK(message_of([] {
            device::set("cuda");
          }).starts_with("this libtorch has no CUDA device; use --device cpu"));
  CHECK(device::current().is_cpu()); // a failed choice chooses nothing
}

TEST_CASE("threads are those asked for, or one per core", "[device]") {
  const int before = device::threads();
  CHECK(device::cores() >= 1);
  device::set_threads(1);
  CHECK(device::threads() == 1);
  device::set_threads(0);
  CHECK(device::threads() == device::default_threads());
  device::set_threads(before);
}

TEST_CASE("the libraries underneath have names", "[device]") {
  CHECK_FALSE(device::libtorch_version().empty());
  CHECK(device::libtorch_config().find("PyTorch") != std::string::npos);
  CHECK_FALSE(device::blas_library().empty());
}
