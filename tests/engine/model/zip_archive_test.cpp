// The directory of a ZIP archive: archives built by hand after APPNOTE.TXT, and every way of lying
// about sizes and places.

#include "tests/support/catch.hpp"

#include "engine/model/zip_archive.hpp"
#include "tests/engine/text/scratch_folder.hpp"
#include "tests/support/message.hpp"

#include <optional>

using namespace residua;
using Catch::Matchers::StartsWith;

static const std::string kRemedy = "; the file is damaged: download or save it again";

template <class Number> static std::string bytes(Number value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

/// Fields of an archive with one record "a/x" of "hello", each as it should be until a test lies.
struct Parts {
  std::string name = "a/x", content = "hello", extra, local_extra, comment, before_end;
  uint16_t flags = 0, method = 0, comment_size = 0, count = 1;
  uint32_t stored_size = 5, size = 5, header = 0, local_signature = 0x04034b50,
           signature = 0x02014b50;
  std::string twice; // the entry again
  std::optional<uint32_t> directory_size, directory_at;

  std::string local() const {
    return bytes(local_signature) + std::string(22, '\0') +
           bytes(static_cast<uint16_t>(name.size())) +
           bytes(static_cast<uint16_t>(local_extra.size())) + name + local_extra + content;
  }
  std::string entry() const {
    return bytes(signature) + std::string(4, '\0') + bytes(flags) + bytes(method) +
           std::string(8, '\0') + bytes(stored_size) + bytes(size) +
           bytes(static_cast<uint16_t>(name.size())) + bytes(static_cast<uint16_t>(extra.size())) +
           std::string(10, '\0') + bytes(header) + name + extra;
  }
  std::string archive() const {
    const std::string records = local(), directory = entry() + twice;
    return records + directory + before_end + bytes(uint32_t{0x06054b50}) + std::string(4, '\0') +
           bytes(count) + bytes(count) +
           bytes(directory_size.value_or(static_cast<uint32_t>(directory.size()))) +
           bytes(directory_at.value_or(static_cast<uint32_t>(records.size()))) +
           bytes(comment_size) + comment;
  }
};

static std::map<std::string, ZipRecord> read(const std::string& content) {
  const ScratchFolder folder;
  return read_zip_directory(*MappedFile::open(folder.write("x.zip", content)));
}

/// What reading says, without the path that every message starts with.
static std::string verdict(const std::string& content) {
  const std::string message = message_of([&] { read(content); });
  const std::size_t start = message.find("/x.zip: ");
  return start == std::string::npos ? message : message.substr(start + 8);
}

/// What reading says of an archive after one change.
template <class Change> static std::string after(Change change) {
  Parts parts;
  change(parts);
  return verdict(parts.archive());
}

TEST_CASE("a record lies where its header ends", "[zip]") {
  Parts parts;
  CHECK(read(parts.archive()).at("a/x").offset == 33);
  CHECK(read(parts.archive()).at("a/x").size == 5);
  parts.local_extra = std::string(30, 'Z'); // torch.save pads so, to 64 bytes
  CHECK(read(parts.archive()).at("a/x").offset == 63);
  parts.comment = "no\x06\x05";
  parts.comment_size = 4;
  CHECK(read(parts.archive()).size() == 1);
  parts.count = 0;
  CHECK(read(parts.archive()).empty());
}

TEST_CASE("sizes and places of 64 bits", "[zip]") {
  Parts parts;
  parts.size = parts.stored_size = parts.header = UINT32_MAX;
  parts.extra = bytes(uint16_t{7}) + bytes(uint16_t{2}) + "??" + bytes(uint16_t{1}) +
                bytes(uint16_t{24}) + bytes(uint64_t{5}) + bytes(uint64_t{5}) + bytes(uint64_t{0});
  CHECK(read(parts.archive()).at("a/x").size == 5);
  const uint64_t records = parts.local().size(), directory = parts.entry().size();
  parts.before_end = bytes(uint32_t{0x06064b50}) + std::string(28, '\0') + bytes(uint64_t{1}) +
                     bytes(directory) + bytes(records) + bytes(uint32_t{0x07064b50}) +
                     std::string(4, '\0') + bytes(records + directory) + std::string(4, '\0');
  parts.count = UINT16_MAX;
  parts.directory_size = parts.directory_at = UINT32_MAX;
  CHECK(read(parts.archive()).at("a/x").size == 5);
  const std::size_t locator = parts.before_end.size() - 12;
  for (const uint64_t at : {records + directory + 1, uint64_t{1} << 40, ~uint64_t{0}}) {
    parts.before_end.replace(locator, 8, bytes(at));
    CHECK(verdict(parts.archive()) == cat("no ZIP64 directory at offset ", at) + kRemedy);
  }
}

TEST_CASE("files without a directory", "[zip][hostile]") {
  CHECK(verdict("") == "no ZIP directory at the end of its 0 bytes" + kRemedy);
  CHECK(verdict("PK\5\6") == "no ZIP directory at the end of its 4 bytes" + kRemedy);
  CHECK_THAT(verdict(std::string(200000, '\0')), StartsWith("no ZIP directory at the end"));
  const std::string whole = Parts().archive();
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_THAT(verdict(whole.substr(0, size)), StartsWith("no ZIP directory at the end"));
}

TEST_CASE("directories at impossible places", "[zip][hostile]") {
  CHECK(after([](Parts& p) { p.directory_at = 1000; }) ==
        "the ZIP directory claims 49 bytes at offset 1000 of 109" + kRemedy);
  CHECK(after([](Parts& p) { p.directory_size = UINT32_MAX; }) ==
        "the ZIP directory claims 4294967295 bytes at offset 38 of 109" + kRemedy);
  CHECK(after([](Parts& p) { p.directory_size = 48; }) ==
        "no entry of the ZIP directory at offset 38" + kRemedy);
  CHECK(after([](Parts& p) { p.count = 2; }) ==
        "no entry of the ZIP directory at offset 87" + kRemedy);
  CHECK(after([](Parts& p) { p.count = 65535; }) ==
        "no entry of the ZIP directory at offset 87" + kRemedy);
  CHECK(after([](Parts& p) { p.signature = 0; }) ==
        "no entry of the ZIP directory at offset 38" + kRemedy);
}

TEST_CASE("records that lie about themselves", "[zip][hostile]") {
  const std::string compressed = "record 'a/x' is compressed or encrypted; torch.save stores "
                                 "records as they are; save the file again with it";
  CHECK(after([](Parts& p) { p.method = 8; }) == compressed);
  CHECK(after([](Parts& p) { p.flags = 1; }) == compressed);
  CHECK(after([](Parts& p) { p.size = 1u << 31; }) == compressed); // a bomb
  CHECK(after([](Parts& p) { p.size = p.stored_size = 6; }) ==
        "record 'a/x' claims 6 bytes at offset 33, the records end at 38" + kRemedy);
  CHECK(after([](Parts& p) { p.size = p.stored_size = UINT32_MAX; }) ==
        "record 'a/x' claims 4294967295 bytes at offset 33, the records end at 38" + kRemedy);
  CHECK(after([](Parts& p) { p.header = 1; }) ==
        "record 'a/x' has no header at offset 1" + kRemedy);
  CHECK(after([](Parts& p) { p.header = 100; }) ==
        "record 'a/x' has no header at offset 100" + kRemedy);
  CHECK(after([](Parts& p) {
          p.header = UINT32_MAX;
          p.extra = bytes(uint16_t{1}) + bytes(uint16_t{8}) + bytes(~uint64_t{0});
        }) == "record 'a/x' has no header at offset 18446744073709551615" + kRemedy);
  CHECK(after([](Parts& p) {
          p.size = p.stored_size = UINT32_MAX;
          p.extra =
              bytes(uint16_t{1}) + bytes(uint16_t{16}) + bytes(~uint64_t{0}) + bytes(~uint64_t{0});
        }) == "record 'a/x' claims 18446744073709551615 bytes at offset 33, the records end at 38" +
                  kRemedy);
  CHECK(after([](Parts& p) {
          p.name = "a\n/x";
          p.method = 8;
        }) ==
        "record 'a\\x0a/x' is compressed or encrypted; torch.save stores records as they are; save "
        "the file again with it");
  CHECK(after([](Parts& p) {
          p.twice = p.entry();
          p.count = 2;
        }) == "two records are named 'a/x'" + kRemedy);
}
