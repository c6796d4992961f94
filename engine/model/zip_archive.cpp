// The layout is that of PKWARE's APPNOTE.TXT 6.3.9, sections 4.3.7 to 4.3.16. All numbers are
// little-endian and may be unaligned.

#include "engine/model/zip_archive.hpp"

#include "engine/error.hpp"
#include "engine/quote.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace residua {

static const char* const kRemedy = "the file is damaged: download or save it again";

static constexpr uint32_t kLocalHeader = 0x04034b50, kEntry = 0x02014b50, kEnd = 0x06054b50,
                          kEnd64 = 0x06064b50, kLocator64 = 0x07064b50;
static constexpr uint64_t kLocalSize = 30, kEntrySize = 46, kEndSize = 22, kEnd64Size = 56,
                          kLocator64Size = 20;
static constexpr uint16_t kExtra64 = 1; // the extra field with the sizes that need 64 bits

/// The directory: its place, its length and how many entries it has.
struct Directory {
  uint64_t offset, size, entries;
};

/// One entry of the directory.
struct Entry {
  std::string name;
  uint64_t stored_size, size, header;
  uint16_t flags, method;
};

class ZipReader {
 public:
  explicit ZipReader(const MappedFile& file) : file_(file) {}

  Directory find_directory() const;
  Entry read_entry(uint64_t at, uint64_t end) const;
  ZipRecord locate(const Entry& entry, uint64_t directory) const;
  uint64_t entry_length(uint64_t at) const;
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(cat(file_.path().string(), ": ", what), kRemedy);
  }

 private:
  template <class Number> Number number(uint64_t at) const {
    Number value;
    std::memcpy(&value, file_.data() + at, sizeof value);
    return value;
  }
  bool fits(uint64_t at, uint64_t length) const {
    return at <= file_.size() && length <= file_.size() - at;
  }
  uint64_t find_end() const;
  void read_extra64(Entry& entry, uint64_t at, uint64_t end) const;

  const MappedFile& file_;
};

// The record at the very end, followed by nothing but its own comment of at most 65535 bytes.
uint64_t ZipReader::find_end() const {
  constexpr uint64_t kMostComment = 65535;
  for (uint64_t comment = 0; comment <= kMostComment && fits(0, kEndSize + comment); ++comment) {
    const uint64_t at = file_.size() - kEndSize - comment;
    if (number<uint32_t>(at) == kEnd && number<uint16_t>(at + 20) == comment)
      return at;
  }
  fail(cat("no ZIP directory at the end of its ", file_.size(), " bytes"));
}

Directory ZipReader::find_directory() const {
  const uint64_t end = find_end();
  Directory found{number<uint32_t>(end + 16), number<uint32_t>(end + 12),
                  number<uint16_t>(end + 10)};
  const uint64_t locator = end - kLocator64Size;
  if (end >= kLocator64Size && number<uint32_t>(locator) == kLocator64) {
    const auto at = number<uint64_t>(locator + 8);
    if (!fits(at, kEnd64Size) || number<uint32_t>(at) != kEnd64)
      fail(cat("no ZIP64 directory at offset ", at));
    found = {number<uint64_t>(at + 48), number<uint64_t>(at + 40), number<uint64_t>(at + 32)};
  }
  if (!fits(found.offset, found.size))
    fail(cat("the ZIP directory claims ", found.size, " bytes at offset ", found.offset, " of ",
             file_.size()));
  return found;
}

uint64_t ZipReader::entry_length(uint64_t at) const {
  return kEntrySize + number<uint16_t>(at + 28) + number<uint16_t>(at + 30) +
         number<uint16_t>(at + 32);
}

// Sizes that do not fit 32 bits stand in an extra field, in this order, each only if needed.
void ZipReader::read_extra64(Entry& entry, uint64_t at, uint64_t end) const {
  while (at + 4 <= end) {
    const auto id = number<uint16_t>(at);
    uint64_t field = at + 4;
    const uint64_t next = std::min<uint64_t>(end, field + number<uint16_t>(at + 2));
    for (uint64_t* size : {&entry.size, &entry.stored_size, &entry.header})
      if (id == kExtra64 && *size == UINT32_MAX && field + 8 <= next) {
        *size = number<uint64_t>(field);
        field += 8;
      }
    at = next;
  }
}

Entry ZipReader::read_entry(uint64_t at, uint64_t end) const {
  if (end - at < kEntrySize || number<uint32_t>(at) != kEntry || end - at < entry_length(at))
    fail(cat("no entry of the ZIP directory at offset ", at));
  const auto name_size = number<uint16_t>(at + 28), extra_size = number<uint16_t>(at + 30);
  const uint64_t extra = at + kEntrySize + name_size;
  Entry entry{{reinterpret_cast<const char*>(file_.data()) + at + kEntrySize, name_size},
              number<uint32_t>(at + 20),
              number<uint32_t>(at + 24),
              number<uint32_t>(at + 42),
              number<uint16_t>(at + 8),
              number<uint16_t>(at + 10)};
  read_extra64(entry, extra, extra + extra_size);
  return entry;
}

ZipRecord ZipReader::locate(const Entry& entry, uint64_t directory) const {
  const std::string name = quote(entry.name);
  if (entry.method != 0 || (entry.flags & 1) != 0 || entry.stored_size != entry.size)
    throw Error(cat(file_.path().string(), ": record ", name, " is compressed or encrypted"),
                "torch.save stores records as they are; save the file again with it");
  if (!fits(entry.header, kLocalSize) || number<uint32_t>(entry.header) != kLocalHeader)
    fail(cat("record ", name, " has no header at offset ", entry.header));
  const uint64_t data = entry.header + kLocalSize + number<uint16_t>(entry.header + 26) +
                        number<uint16_t>(entry.header + 28);
  if (data > directory || entry.size > directory - data)
    fail(cat("record ", name, " claims ", entry.size, " bytes at offset ", data,
             ", the records end at ", directory));
  return {data, entry.size};
}

std::map<std::string, ZipRecord> read_zip_directory(const MappedFile& file) {
  const ZipReader reader(file);
  const Directory directory = reader.find_directory();
  const uint64_t end = directory.offset + directory.size;
  std::map<std::string, ZipRecord> records;
  uint64_t at = directory.offset;
  for (uint64_t i = 0; i < directory.entries; ++i) {
    const Entry entry = reader.read_entry(at, end);
    at += reader.entry_length(at);
    if (!records.emplace(entry.name, reader.locate(entry, directory.offset)).second)
      reader.fail(cat("two records are named ", quote(entry.name)));
  }
  return records;
}

} // namespace residua
