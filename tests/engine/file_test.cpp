// Reading, writing and mapping files; each failure names the file.

#include "tests/support/catch.hpp"

#include "engine/file.hpp"
#include "tests/engine/text/scratch_folder.hpp"
#include "tests/support/message.hpp"

using namespace residua;

TEST_CASE("what is written is read", "[file]") {
  const ScratchFolder folder;
  const auto path = folder.path() / "x";
  const std::string content("a\0b\r\n\xff", 6);
  for (const std::string& text : {content, std::string(), std::string(1 << 20, 'x')}) {
    write_file(path, text);
    CHECK(read_file(path) == text);
    const auto mapped = MappedFile::open(path);
    CHECK(std::string_view(reinterpret_cast<const char*>(mapped->data()), mapped->size()) == text);
    CHECK(mapped->path() == path);
  }
  int files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path()))
    ++files;
  CHECK(files == 1); // no temporary file is left
}

TEST_CASE("a mapping stays as it was when the file is replaced", "[file]") {
  const ScratchFolder folder;
  const auto path = folder.write("x", "old");
  const auto mapped = MappedFile::open(path);
  write_file(path, "new and longer");
  CHECK(std::string_view(reinterpret_cast<const char*>(mapped->data()), mapped->size()) == "old");
}

TEST_CASE("released pages of a mapping are read again, other memory stays", "[file]") {
  const ScratchFolder folder;
  const std::size_t page = 4096, size = 5 * page + 7;
  std::string content(size, 'x');
  content[3 * page] = 'y';
  const auto mapped = MappedFile::open(folder.write("x", content));
  const std::string_view view(reinterpret_cast<const char*>(mapped->data()), size);
  for (const auto& [first, bytes] :
       {std::pair(std::size_t{0}, size), {page + 1, 3 * page}, {page, std::size_t{1}}}) {
    release_pages(mapped->data() + first, bytes);
    CHECK(view == content);
  }
  release_pages(content.data(), content.size()); // the heap
  release_pages(mapped->data() + page, size);    // beyond the end
  release_pages(nullptr, 0);
  CHECK(view == content);
}

TEST_CASE("files that cannot be read", "[file]") {
  const ScratchFolder folder;
  const auto path = folder.write("x", "12345");
  const auto gone = folder.path() / "gone";
  CHECK(message_of([&] { read_file(path, 4); }) ==
        path.string() + ": 5 bytes, more than the limit of 4");
  CHECK(read_file(path, 5) == "12345");
  CHECK(message_of([&] { read_file(gone); }) == gone.string() + ": no such file; check the path");
  CHECK(message_of([&] { MappedFile::open(gone); }) ==
        gone.string() + ": no such file; check the path");
  CHECK(message_of([&] { read_file(folder.path()); }) ==
        folder.path().string() + ": not a regular file; name a file here");
  CHECK(message_of([] { read_file("/dev/zero"); }) ==
        "/dev/zero: not a regular file; name a file here");
}

TEST_CASE("files that cannot be written leave nothing behind", "[file]") {
  const ScratchFolder folder;
  folder.write("taken/x", "");
  CHECK(message_of([&] {
          write_file(folder.path() / "no" / "folder", "x");
        }).ends_with(": cannot be written; check the folder and free space"));
  CHECK(message_of([&] { write_file(folder.path() / "taken", "x"); }) ==
        (folder.path() / "taken").string() +
            ": cannot be written; check the folder and free space");
  int files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path()))
    ++files;
  CHECK(files == 1);
}
