// engine/file.hpp without a file system: every path is a file that holds the bytes of this run.

#include "engine/file.hpp"

#include "engine/error.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstring>

namespace residua {

std::string read_file(const std::filesystem::path& path, std::size_t limit) {
  if (fuzz::file_content.size() > limit)
    throw Error(cat(path.string(), ": more than the limit of ", limit));
  return std::string(fuzz::file_content);
}

void write_file(const std::filesystem::path&, std::string_view) {}

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path) {
  auto file = std::shared_ptr<MappedFile>(new MappedFile);
  file->path_ = path;
  file->size_ = fuzz::file_content.size();
  auto* bytes = file->size_ == 0 ? nullptr : new std::byte[file->size_];
  if (bytes != nullptr)
    std::memcpy(bytes, fuzz::file_content.data(), file->size_);
  file->data_ = bytes;
  return file;
}

MappedFile::~MappedFile() {
  delete[] data_;
}

void release_pages(const void*, std::size_t) {}

} // namespace residua
