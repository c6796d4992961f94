// The safetensors reader: what it writes it reads, and every hostile file ends in one line that
// says what is wrong.

#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/model/safetensors.hpp"
#include "tests/engine/text/scratch_folder.hpp"
#include "tests/support/message.hpp"

#include <ATen/ATen.h>
#include <cstring>

using namespace residua;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

static const std::string kRemedy = "; the file is damaged: download or save it again";

static std::string length_field(uint64_t length) {
  return {reinterpret_cast<const char*>(&length), 8};
}

static std::string file_of(const std::string& header, std::size_t data_bytes = 0) {
  return length_field(header.size()) + header + std::string(data_bytes, '\1');
}

/// What `open` says about a file of this content, without the file's name, which every message
/// starts with.
static std::string verdict(const std::string& content) {
  const ScratchFolder folder;
  const std::string path = folder.write("bad.safetensors", content).string();
  const std::string message = message_of([&] { Safetensors::open(path); });
  if (message == "no error")
    return message;
  CHECK_THAT(message, StartsWith(path + ": "));
  return message.substr(std::min(message.size(), path.size() + 2));
}

/// The same for a header with one tensor 'w' and 64 bytes of data.
static std::string verdict_on_tensor(const std::string& dtype, const std::string& shape,
                                     const std::string& offsets) {
  return verdict(file_of(R"({"w":{"dtype":)" + dtype + R"(,"shape":)" + shape +
                             R"(,"data_offsets":)" + offsets + "}}",
                         64));
}

TEST_CASE("tensors of every dtype that is written come back", "[safetensors]") {
  const ScratchFolder folder;
  const at::Tensor base = at::arange(-12, 12).reshape({2, 3, 4});
  const std::vector<std::pair<std::string, at::Tensor>> written = {
      {"f32", base.to(at::kFloat) / 7},     {"f16", base.to(at::kHalf) / 7},
      {"bf16", base.to(at::kBFloat16) / 7}, {"i64", base},
      {"f64", base.to(at::kDouble)},        {"i32", base.to(at::kInt)},
      {"i16", base.to(at::kShort)},         {"i8", base.to(at::kChar)},
      {"u8", base.abs().to(at::kByte)},     {"bool", base > 3},
      {"scalar", at::full({}, 2.5)},        {"view", base.to(at::kFloat).transpose(0, 2)},
      {"sp\"ace\n\u00e9", at::ones({1})}};
  save_safetensors(folder.path() / "all.safetensors", written);
  const auto read = Safetensors::open(folder.path() / "all.safetensors").tensors();
  CHECK(read.size() == written.size());
  for (const auto& [name, tensor] : written) {
    INFO(name);
    CHECK(read.at(name).scalar_type() == tensor.scalar_type());
    CHECK(read.at(name).sizes() == tensor.sizes());
    CHECK(at::equal(read.at(name), tensor));
  }
}

TEST_CASE("tensors without elements may lie anywhere in the data", "[safetensors]") {
  const ScratchFolder folder;
  const at::Tensor none = at::empty({0, 3}), some = at::ones({5});
  save_safetensors(folder.path() / "a", {{"z", none}, {"b", some}, {"c", none}});
  save_safetensors(folder.path() / "b", {{"a", some}, {"b", none}, {"z", some}});
  for (const char* name : {"a", "b"}) {
    const auto read = Safetensors::open(folder.path() / name).tensors();
    CHECK(read.at("b").numel() + read.at("z").numel() == (name[0] == 'a' ? 5 : 5));
  }
  save_safetensors(folder.path() / "none", {});
  CHECK(Safetensors::open(folder.path() / "none").tensors().empty());
}

TEST_CASE("a dtype that cannot be written is named", "[safetensors]") {
  const ScratchFolder folder;
  const at::Tensor complex = at::zeros({2}, at::kComplexFloat);
  CHECK(message_of([&] {
          save_safetensors(folder.path() / "x", {{"w", complex}});
        }) == "cannot save dtype ComplexFloat; convert it to float32 first");
}

TEST_CASE("data at odd offsets is read right", "[safetensors]") {
  for (std::size_t shift = 0; shift < 8; ++shift) {
    const ScratchFolder folder;
    std::string header = R"({"w":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}})";
    header.resize(64 + shift, ' ');
    const double values[] = {1.25, -3e300};
    std::string content = file_of(header);
    content.append(reinterpret_cast<const char*>(values), sizeof values);
    const at::Tensor read = Safetensors::open(folder.write("odd", content)).tensors().at("w");
    CHECK(read[0].item<double>() == 1.25);
    CHECK(read[1].item<double>() == -3e300);
  }
}

TEST_CASE("tensors without elements may lie at odd offsets", "[safetensors]") {
  const ScratchFolder folder;
  for (const char* offset : {"0", "1", "2", "3", "4", "5", "6", "7", "8"}) {
    const std::string header =
        cat(R"({"w":{"dtype":"F64","shape":[2,0,3],"data_offsets":[)", offset, ",", offset, "]}}");
    const auto file = folder.write("empty", file_of(header, 8));
    const at::Tensor read = Safetensors::open(file).tensors().at("w");
    CHECK(read.sizes() == at::IntArrayRef({2, 0, 3}));
    CHECK(read.scalar_type() == at::kDouble);
  }
}

TEST_CASE("tensors outlive the reader and the file's name", "[safetensors]") {
  at::Tensor kept;
  {
    const ScratchFolder folder;
    save_safetensors(folder.path() / "x", {{"w", at::arange(1000, at::kFloat)}});
    kept = Safetensors::open(folder.path() / "x").tensors().at("w");
  }
  CHECK(kept.sum().item<float>() == 499500);
}

TEST_CASE("files that are no safetensors at all", "[safetensors][hostile]") {
  const ScratchFolder folder;
  CHECK_THAT(message_of([&] { Safetensors::open(folder.path() / "gone"); }),
             Contains("gone: no such file"));
  CHECK_THAT(message_of([&] { Safetensors::open(folder.path()); }), Contains("not a regular file"));
  CHECK(verdict("") == "0 bytes are too few for a safetensors file" + kRemedy);
  CHECK(verdict("1234567") == "7 bytes are too few for a safetensors file" + kRemedy);
  CHECK(verdict(length_field(9) + "{      }") ==
        "the header claims 9 bytes at offset 8, the file has 16" + kRemedy);
  CHECK(verdict(length_field(uint64_t{1} << 63) + "{}") ==
        "the header claims 9223372036854775808 bytes at offset 8, the file has 10" + kRemedy);
  CHECK(verdict(length_field(~uint64_t{0}) + "{}") ==
        "the header claims 18446744073709551615 bytes at offset 8, the file has 10" + kRemedy);
}

TEST_CASE("headers that are no JSON object", "[safetensors][hostile]") {
  CHECK(verdict(length_field(0)) == "the header is not valid JSON at offset 8" + kRemedy);
  CHECK(verdict(file_of("hello")) == "the header is not valid JSON at offset 8" + kRemedy);
  CHECK(verdict(file_of("{\"w\": nil}")) == "the header is not valid JSON at offset 15" + kRemedy);
  CHECK(verdict(file_of("{\"\xff\":1}")) == "the header is not valid JSON at offset 10" + kRemedy);
  CHECK_THAT(verdict(file_of(R"({"w":{"x":1e999}})")), StartsWith("the header is not valid JSON"));
  CHECK(verdict(file_of("[1,2]")) == "the header is no JSON object at offset 8" + kRemedy);
  CHECK(verdict(file_of("null")) == "the header is no JSON object at offset 8" + kRemedy);
  const std::string open(100000, '['), close(100000, ']');
  CHECK(verdict(file_of(open)) == "the header is not valid JSON at offset 100008" + kRemedy);
  CHECK(verdict(file_of(open + close)) == "the header is no JSON object at offset 8" + kRemedy);
  CHECK(verdict(file_of("{\"w\":" + open + close + "}")) ==
        "tensor 'w' is no JSON object" + kRemedy);
  CHECK_THAT(verdict_on_tensor("\"F32\"", open + close, "[0,64]"),
             StartsWith("tensor 'w' has an impossible shape"));
  CHECK_THAT(verdict_on_tensor(open + close, "[16]", "[0,64]"),
             StartsWith("tensor 'w' has dtype ''"));
}

TEST_CASE("tensors with impossible types and shapes", "[safetensors][hostile]") {
  const std::string types = "; supported are F32, F16, BF16, F64 and integers";
  CHECK(verdict_on_tensor("\"F8_E4M3\"", "[64]", "[0,64]") ==
        "tensor 'w' has dtype 'F8_E4M3'" + types);
  CHECK(verdict_on_tensor("3", "[64]", "[0,64]") == "tensor 'w' has dtype ''" + types);
  CHECK_THAT(verdict_on_tensor("\"a\\nb\"", "[64]", "[0,64]"),
             StartsWith("tensor 'w' has dtype 'a"));
  CHECK(verdict(file_of(R"({"w":7})")) == "tensor 'w' is no JSON object" + kRemedy);
  CHECK(verdict(file_of(R"({"w":{}})")) == "tensor 'w' has dtype ''" + types);
  CHECK(verdict(file_of(R"({"a\nb":7})")).size() > kRemedy.size()); // one line all the same
  const std::string nine = "[1,1,1,1,1,1,1,1,1]",
                    no_shape = "tensor 'w' has no shape of at most 8 dimensions";
  for (const std::string shape : {"null", "16", "\"16\"", "{}", nine.c_str()})
    CHECK(verdict_on_tensor("\"F32\"", shape, "[0,64]") == no_shape + kRemedy);
  for (const std::string shape :
       {"[-16]", "[1.5]", "[\"16\"]", "[null]", "[[16]]", "[18446744073709551615]",
        "[18446744073709551616]", "[4294967296,4294967296]", "[281474976710657]",
        "[0,9223372036854775808]", "[0,4294967296,4294967296]", "[4294967296,0,4294967296]"}) {
    INFO(shape);
    CHECK_THAT(verdict_on_tensor("\"F32\"", shape, "[0,64]"),
               StartsWith("tensor 'w' has an impossible shape"));
  }
  CHECK(verdict_on_tensor("\"F32\"", "[-16]", "[0,64]") ==
        "tensor 'w' has an impossible shape [-16]" + kRemedy);
  CHECK(verdict_on_tensor("\"F64\"", "[281474976710656]", "[0,64]") ==
        "tensor 'w' spans 64 bytes, its shape needs 2251799813685248" + kRemedy);
}

TEST_CASE("tensors at impossible places", "[safetensors][hostile]") {
  const std::string no_pair = "tensor 'w' has no pair of data_offsets";
  for (const char* offsets :
       {"null", "[]", "[0]", "[0,64,64]", "[-1,63]", "[0,\"64\"]", "[0.0,64.0]", "{}"})
    CHECK(verdict_on_tensor("\"F32\"", "[16]", offsets) == no_pair + kRemedy);
  CHECK(verdict_on_tensor("\"F32\"", "[16]", "[4,68]") ==
        "tensor 'w' lies at 4 to 68 of 64 bytes of data" + kRemedy);
  CHECK(verdict_on_tensor("\"F32\"", "[16]", "[64,0]") ==
        "tensor 'w' lies at 64 to 0 of 64 bytes of data" + kRemedy);
  CHECK(verdict_on_tensor("\"F32\"", "[16]", "[0,18446744073709551615]") ==
        "tensor 'w' lies at 0 to 18446744073709551615 of 64 bytes of data" + kRemedy);
  CHECK(verdict_on_tensor("\"F32\"", "[15]", "[0,64]") ==
        "tensor 'w' spans 64 bytes, its shape needs 60" + kRemedy);
  CHECK(verdict_on_tensor("\"F32\"", "[16]", "[0,60]") ==
        "tensor 'w' spans 60 bytes, its shape needs 64" + kRemedy);
  CHECK(verdict_on_tensor("\"F32\"", "[0]", "[64,64]") == "no error");
  CHECK(verdict(file_of(R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},)"
                        R"("b":{"dtype":"U8","shape":[8],"data_offsets":[7,15]}})",
                        64)) == "tensors 'a' and 'b' overlap at data offset 7" + kRemedy);
  CHECK(verdict(file_of(R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[8,16]},)"
                        R"("b":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},)"
                        R"("__metadata__":{"format":"pt"}})",
                        64)) == "no error");
}

TEST_CASE("a truncated file is found at every length", "[safetensors][hostile]") {
  const ScratchFolder folder;
  save_safetensors(folder.path() / "x", {{"a", at::ones({4})}, {"b", at::ones({3}, at::kLong)}});
  const std::string whole = read_file(folder.path() / "x");
  CHECK(verdict(whole) == "no error");
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_THAT(verdict(whole.substr(0, size)), Catch::Matchers::EndsWith(kRemedy));
}
