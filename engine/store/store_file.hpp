#pragma once
// The file of a store: an SQLite database that is ours, of a version that we read. Whatever else
// lies at its path is told apart before SQLite touches it.

#include "engine/error.hpp"
#include "engine/store/sqlite.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace residua {

inline constexpr int kStoreApplication = 0x52455349; ///< "RESI", SQLite's application_id
inline constexpr int kStoreVersion = 1;              ///< SQLite's user_version

/// An open store. One object serves one thread at a time.
class StoreFile {
 public:
  /// Opens the store, or makes it with the folders above it. Throws Error for a foreign or damaged
  /// file, a newer version, and a place where no file can be made. What cannot be written is opened
  /// for reading.
  static std::shared_ptr<StoreFile> open(const std::filesystem::path& path);

  const Database& database() const { return *database_; }
  const std::filesystem::path& path() const { return path_; }
  /// Why nothing can be written: "PATH: is read-only; ...". Empty if it can.
  const std::string& read_only() const { return read_only_; }

  /// What a failure of SQLite means here, and what to do.
  Error explain(const SqliteError& error) const;
  /// A part of the file is not what was written.
  Error damaged(const std::string& what) const;
  /// Throws Error when a file in a read-only folder, which cannot be locked, was changed by others.
  void check_unchanged() const;

 private:
  explicit StoreFile(std::filesystem::path path) : path_(std::move(path)) {}
  void connect();
  void connect_frozen();
  void make_or_check() const;

  std::filesystem::path path_;
  std::unique_ptr<Database> database_;
  std::string read_only_;
  std::filesystem::file_time_type
      frozen_{}; ///< when the file was last written, if it cannot be locked
};

} // namespace residua
