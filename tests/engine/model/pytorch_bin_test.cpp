// Files of torch.save against the tensors that PyTorch put into them (tests/golden/make_bins.py);
// foreign and hostile ones end in one line, and nothing in them runs.

#include "tests/support/catch.hpp"

#include "engine/file.hpp"
#include "engine/model/pytorch_bin.hpp"
#include "engine/model/safetensors.hpp"
#include "tests/engine/text/scratch_folder.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/message.hpp"

#include <ATen/ATen.h>
#include <random>

using namespace residua;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using Tensors = std::map<std::string, at::Tensor>;

static std::filesystem::path bin(const std::string& name) {
  return golden::path("bins") / name;
}

/// What reading says, without the path that every message starts with.
static std::string verdict(const std::filesystem::path& path) {
  const std::string message = message_of([&] { read_pytorch_bin(path); });
  if (message == "no error")
    return message;
  CHECK_THAT(message, StartsWith(path.string() + ": "));
  return message.substr(std::min(message.size(), path.string().size() + 2));
}

static void check_equal(const Tensors& read, const Tensors& reference) {
  for (const auto& [name, tensor] : read) {
    INFO(name);
    const at::Tensor& expected = reference.at(name);
    CHECK(tensor.scalar_type() == expected.scalar_type());
    CHECK(tensor.sizes() == expected.sizes());
    CHECK(at::equal(tensor, expected));
  }
}

TEST_CASE("tensors are those that PyTorch saved", "[pytorch_bin]") {
  const auto reference = Safetensors::open(bin("tensors.safetensors")).tensors();
  for (const char* name : {"tensors.bin", "protocol4.bin", "rezipped.bin"}) {
    INFO(name);
    const Tensors read = read_pytorch_bin(bin(name));
    CHECK(read.size() == reference.size());
    check_equal(read, reference);
  }
  const Tensors params = read_pytorch_bin(bin("parameters.bin"));
  CHECK(params.size() == 2);
  check_equal(params, reference);
  CHECK(read_pytorch_bin(bin("one.bin")).size() == 1);
  check_equal(read_pytorch_bin(bin("one.bin")), reference);
}

TEST_CASE("tensors are views into the file, as they were of their storage", "[pytorch_bin]") {
  const Tensors read = read_pytorch_bin(bin("tensors.bin"));
  CHECK(read.at("transposed").strides() == at::IntArrayRef({1, 7}));
  CHECK(read.at("every_other").strides() == at::IntArrayRef({10, 2}));
  CHECK(read.at("whole").data_ptr() == read.at("same").data_ptr());
  CHECK(read.at("tail").data_ptr<float>() == read.at("whole").data_ptr<float>() + 8);
  CHECK(read.at("as_matrix").data_ptr() == read.at("whole").data_ptr());
}

TEST_CASE("tensors outlive the name of their file", "[pytorch_bin]") {
  Tensors kept;
  {
    const ScratchFolder folder;
    kept = read_pytorch_bin(folder.write("x.bin", read_file(bin("tensors.bin"))));
  }
  CHECK(kept.at("whole").sum().item<float>() == 66);
}

TEST_CASE("what is no dict of tensors is told what to save", "[pytorch_bin]") {
  const std::string remedy =
      "; write a file of tensors alone: torch.save(model.state_dict(), FILE)";
  CHECK(verdict(bin("list.bin")) == "holds a list, no dict of tensors" + remedy);
  CHECK(verdict(bin("number.bin")) == "holds an integer, no dict of tensors" + remedy);
  CHECK(verdict(bin("keys.bin")) == "holds a dict with an integer as key" + remedy);
  CHECK(verdict(bin("nested.bin")) == "entry 'epoch' is an integer, no tensor" + remedy);
  CHECK(verdict(bin("whole.bin")) ==
        "data.pkl: names '__main__.Net' at offset 2, which no file of tensors needs; nothing was "
        "run; write a file of tensors alone: torch.save(model.state_dict(), FILE)");
  CHECK_THAT(verdict(bin("quantized.bin")), StartsWith("data.pkl: names "));
}

TEST_CASE("a pickle that would run a program is named and does not run it", "[pytorch_bin]") {
  for (const char* name : {"system.bin", "hidden.bin"})
    CHECK_THAT(verdict(bin(name)), StartsWith("data.pkl: names 'posix.system' at offset ") &&
                                       Contains("; nothing was run; "));
  CHECK_FALSE(std::filesystem::exists("was-run"));
}

TEST_CASE("formats that are not read", "[pytorch_bin]") {
  CHECK(verdict(bin("old.bin")) == "saved by torch before 1.6, or in its format; convert it: "
                                   "torch.save(torch.load(FILE), FILE) in a newer one");
  CHECK(verdict(bin("compressed.bin")) ==
        "record 'one/data.pkl' is compressed or encrypted; torch.save stores records as they are; "
        "save the file again with it");
  CHECK(verdict(bin("big_endian.bin")) ==
        "its bytes are in the order 'big'; save it on a little-endian machine");
  CHECK(verdict(bin("expanded.bin")) == "tensor 'w' does not lie in its storage of 1 elements; if "
                                        "it is an expanded view, save its clone()");
  CHECK(verdict(bin("tensors.safetensors")) ==
        "no file of torch.save: it does not begin as a ZIP; download or save it again");
  const ScratchFolder folder;
  CHECK_THAT(verdict(folder.write("x", "")), StartsWith("no file of torch.save"));
  CHECK(verdict(folder.path() / "gone") == "no such file; check the path");
}

/// one.bin with `from` replaced by `to` of the same length, once.
static std::string replaced(const std::string& from, const std::string& to) {
  std::string content = read_file(bin("one.bin"));
  const std::size_t at = content.find(from);
  REQUIRE(at != std::string::npos);
  REQUIRE(from.size() == to.size());
  return content.replace(at, from.size(), to);
}

TEST_CASE("tensors that do not fit their storage", "[pytorch_bin][hostile]") {
  // The tensor of one.bin: 12 elements from 0, shape (4, 3), strides (3, 1).
  const std::string elements = "K\x0ctq", sizes = "K\x04K\x03\x86", strides = "K\x03K\x01\x86";
  const auto says = [](const std::string& from, const std::string& to) {
    const ScratchFolder folder;
    return verdict(folder.write("x.bin", replaced(from, to)));
  };
  const std::string outside = "tensor 'contiguous' does not lie in its storage of 12 elements; if "
                              "it is an expanded view, save its clone()";
  CHECK(says(sizes, "K\x05K\x03\x86") == outside);
  CHECK(says(sizes, "K\x04K\xff\x86") == outside);
  CHECK(says(strides, "K\x04K\x01\x86") == outside);
  CHECK(says(strides, "K\x03K\xff\x86") == outside);
  CHECK(says(strides, std::string("K\x00K\x00\x86", 5)) == "no error"); // repeats, within 12
  CHECK(says(sizes, std::string("K\x00K\x03\x86", 5)) == "no error");
  CHECK_THAT(says(sizes, std::string("NM\x04\x00\x86", 5)),
             StartsWith("tensor 'contiguous' has an impossible shape"));
  CHECK_THAT(says(elements, "K\x0dtq"),
             StartsWith("tensor 'contiguous' needs a record of 13 elements of 4 bytes, 'data/0' "
                        "has 48 bytes"));
  CHECK_THAT(says("FloatStorage\n", "DoublStorage\n"),
             StartsWith("data.pkl: names 'torch.DoublStorage'"));
  CHECK_THAT(says(std::string("X\1\0\0\0"
                              "0q",
                              7),
                  std::string("X\1\0\0\0"
                              "1q",
                              7)),
             StartsWith("tensor 'contiguous' lies in the record 'data/1', which is not there"));
}

TEST_CASE("a truncated archive is found at every length", "[pytorch_bin][hostile]") {
  const ScratchFolder folder;
  const std::string whole = read_file(bin("one.bin"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string says = verdict(folder.write("x", whole.substr(0, size)));
    CHECK_THAT(says, StartsWith("no "));
    CHECK(says != "no error");
  }
}

TEST_CASE("random damage is an Error or leaves tensors that can be read",
          "[pytorch_bin][hostile]") {
  const ScratchFolder folder;
  std::mt19937 random(7);
  for (const char* name : {"tensors.bin", "rezipped.bin", "protocol4.bin"}) {
    const std::string whole = read_file(bin(name));
    for (int trial = 0; trial < 700; ++trial) {
      std::string damaged = whole;
      for (int i = 0; i < 1 + trial % 4; ++i)
        damaged[random() % damaged.size()] = static_cast<char>(random());
      const auto path = folder.write("x", damaged);
      const std::string says = message_of([&] {
        for (const auto& [key, tensor] : read_pytorch_bin(path))
          tensor.to(at::kDouble).sum().item<double>();
      });
      CHECK_THAT(says, StartsWith(path.string() + ": ") || Catch::Matchers::Equals("no error"));
    }
  }
}
