// The pickle of a pytorch_model.bin, which may grow and shrink here: the bytes become data.pkl of a
// sound archive, with records 0 to 2 of 64 bytes.

#include "engine/model/pytorch_bin.hpp"
#include "tests/fuzz/tensors.hpp"

#include <cstring>

using Bytes = std::string;

template <class Number> static Bytes little(Number number) {
  Bytes bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

static void append(Bytes& archive, Bytes& directory, const Bytes& name, const Bytes& content) {
  const Bytes sizes = little(uint32_t(content.size())) + little(uint32_t(content.size())) +
                      little(uint16_t(name.size())) + little(uint16_t{0});
  directory += "PK\1\2" + Bytes(16, '\0') + sizes + Bytes(10, '\0') +
               little(uint32_t(archive.size())) + name;
  archive += "PK\3\4" + Bytes(14, '\0') + sizes + name + content;
}

static Bytes archive_of(const Bytes& pickle) {
  Bytes archive, directory;
  append(archive, directory, "f/data.pkl", pickle);
  for (const char* name : {"f/data/0", "f/data/1", "f/data/2"})
    append(archive, directory, name, Bytes(64, '\0'));
  return archive + directory + "PK\5\6" + Bytes(6, '\0') + little(uint16_t{4}) +
         little(uint32_t(directory.size())) + little(uint32_t(archive.size())) + Bytes(2, '\0');
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace residua;
  const Bytes archive = archive_of({reinterpret_cast<const char*>(data), size});
  return fuzz::run(reinterpret_cast<const uint8_t*>(archive.data()), archive.size(),
                   [](std::string_view) { fuzz::touch(read_pytorch_bin("f.bin")); });
}
