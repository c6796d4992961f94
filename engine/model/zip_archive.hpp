#pragma once
// ZIP archives as torch.save writes them: every record stored as it is, none compressed.

#include "engine/file.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace residua {

/// Where the bytes of a record lie in the file.
struct ZipRecord {
  uint64_t offset = 0, size = 0;
};

/// Reads the directory at the end of the archive, ZIP64 or not. Every record lies inside the file;
/// a compressed one is an Error, so nothing takes more memory than the file has bytes.
std::map<std::string, ZipRecord> read_zip_directory(const MappedFile& file);

} // namespace residua
