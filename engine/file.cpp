#include "engine/file.hpp"

#include "engine/error.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <mutex>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace residua {

namespace fs = std::filesystem;

static void require_regular(const fs::path& path) {
  std::error_code code;
  const auto status = fs::status(path, code);
  if (!fs::exists(status))
    throw Error(cat(path.string(), ": no such file"), "check the path");
  if (!fs::is_regular_file(status))
    throw Error(cat(path.string(), ": not a regular file"), "name a file here");
}

std::string read_file(const fs::path& path, std::size_t limit) {
  require_regular(path);
  const std::size_t size = fs::file_size(path);
  if (size > limit)
    throw Error(cat(path.string(), ": ", size, " bytes, more than the limit of ", limit));
  std::ifstream in(path, std::ios::binary);
  std::string content(size, '\0');
  if (!in.read(content.data(), static_cast<std::streamsize>(size)) && size > 0)
    throw Error(cat(path.string(), ": cannot be read"), "check its permissions");
  return content;
}

void write_file(const fs::path& path, std::string_view content) {
  const fs::path temporary = path.string() + cat(".", getpid(), ".tmp");
  std::ofstream out(temporary, std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.close();
  std::error_code failed;
  if (out)
    fs::rename(temporary, path, failed);
  if (out && !failed)
    return;
  std::error_code ignored;
  fs::remove(temporary, ignored);
  throw Error(cat(path.string(), ": cannot be written"), "check the folder and free space");
}

// The mappings alive, by first byte.
struct Mappings {
  std::mutex mutex;
  std::map<const std::byte*, std::size_t> sizes;
};
static Mappings& mappings() {
  static auto* const all = new Mappings; // outlives every other static that holds a mapping
  return *all;
}

std::shared_ptr<const MappedFile> MappedFile::open(const fs::path& path) {
  require_regular(path);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    throw Error(cat(path.string(), ": ", std::strerror(errno)), "check its permissions");
  struct stat info {};
  fstat(fd, &info);
  auto file = std::shared_ptr<MappedFile>(new MappedFile);
  file->path_ = path;
  file->size_ = static_cast<std::size_t>(info.st_size);
  void* mapped =
      file->size_ == 0 ? nullptr : mmap(nullptr, file->size_, PROT_READ, MAP_PRIVATE, fd, 0);
  ::close(fd);
  if (mapped == MAP_FAILED)
    throw Error(cat(path.string(), ": cannot be mapped: ", std::strerror(errno)));
  file->data_ = static_cast<const std::byte*>(mapped);
  if (mapped != nullptr) {
    const std::lock_guard lock(mappings().mutex);
    mappings().sizes[file->data_] = file->size_;
  }
  return file;
}

MappedFile::~MappedFile() {
  if (data_ == nullptr)
    return;
  const std::lock_guard lock(mappings().mutex);
  mappings().sizes.erase(data_);
  munmap(const_cast<std::byte*>(data_), size_);
}

void release_pages(const void* data, std::size_t bytes) {
  const auto* first = static_cast<const std::byte*>(data);
  const std::lock_guard lock(mappings().mutex);
  const auto after = mappings().sizes.upper_bound(first);
  if (after == mappings().sizes.begin())
    return;
  const auto& [start, size] = *std::prev(after);
  if (first + bytes > start + size)
    return;
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); // mappings start at a page
  const std::size_t from = (first - start + page - 1) / page * page,
                    to = (first - start + bytes) / page * page;
  if (from < to)
    madvise(const_cast<std::byte*>(start) + from, to - from, MADV_DONTNEED);
}

} // namespace residua
