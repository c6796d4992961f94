#pragma once
// Files: whole texts, read-only mappings, and atomic writes.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace residua {

/// Reads a whole file. Throws Error naming the path when it is absent, no regular file, or larger
/// than `limit`.
std::string read_file(const std::filesystem::path& path, std::size_t limit = std::size_t{1} << 30);

/// Writes through a temporary file and a rename, so that a reader never sees half a file.
void write_file(const std::filesystem::path& path, std::string_view content);

/// A file mapped read-only; tensors that point into it hold it alive.
class MappedFile {
 public:
  static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  MappedFile() = default;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::filesystem::path path_;
};

/// Gives the memory of whole pages in [data, data + bytes) back to the system, if they belong to a
/// mapped file: they are read again when they are needed. Other memory is left alone.
void release_pages(const void* data, std::size_t bytes);

} // namespace residua
