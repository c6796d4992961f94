#include "engine/store/store_file.hpp"

#include "engine/store/schema.hpp"

#include <fstream>
#include <sqlite3.h>

namespace residua {

namespace fs = std::filesystem;

static constexpr char kElsewhere[] = "move it away, or name another store in RESIDUA_STORE";

// A number of SQLite's header: big-endian, 4 bytes.
static int64_t header_number(const std::string& header, std::size_t offset) {
  int64_t number = 0;
  for (std::size_t i = 0; i < 4; ++i)
    number = number << 8 | static_cast<unsigned char>(header[offset + i]);
  return number;
}

static void check_version(const fs::path& path, int64_t version) {
  if (version > kStoreVersion)
    throw Error(cat(path.string(), ": store of a newer Residua (store version ", version,
                    ", this one reads ", kStoreVersion, ")"),
                "update Residua, or name another store in RESIDUA_STORE");
  if (version < 1)
    throw Error(cat(path.string(), ": damaged: store version ", version), kElsewhere);
}

// Reads the header by ourselves: opening a foreign database with SQLite could already change it.
static void check_header(const fs::path& path) {
  constexpr std::size_t kHeader = 100, kVersionAt = 60, kApplicationAt = 68;
  std::error_code ignored;
  const auto status = fs::status(path, ignored);
  if (status.type() == fs::file_type::not_found)
    return;
  if (fs::exists(status) && !fs::is_regular_file(status))
    throw Error(cat(path.string(), ": not a regular file"), "name a file in RESIDUA_STORE");
  std::ifstream in(path, std::ios::binary);
  std::string header(kHeader, '\0');
  in.read(header.data(), kHeader);
  if (!in.is_open() || in.bad())
    throw Error(cat(path.string(), ": cannot be read"), "check its permissions");
  if (in.gcount() == 0)
    return; // SQLite makes a new database of an empty file
  if (in.gcount() < static_cast<std::streamsize>(kHeader) || !header.starts_with("SQLite format 3"))
    throw Error(cat(path.string(), ": no store, or a damaged one (not an SQLite database)"),
                kElsewhere);
  if (header_number(header, kApplicationAt) != kStoreApplication)
    throw Error(cat(path.string(), ": an SQLite database of another program, not a store"),
                kElsewhere);
  check_version(path, header_number(header, kVersionAt));
}

static void make_parent(const fs::path& path) {
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  if (failed)
    throw Error(cat(path.string(), ": its folder cannot be made: ", failed.message()),
                "name another store in RESIDUA_STORE, or set it to off");
}

Error StoreFile::damaged(const std::string& what) const {
  return Error(cat(path_.string(), ": damaged (", what, ")"), kElsewhere);
}

Error StoreFile::explain(const SqliteError& error) const {
  const std::string place = path_.string() + ": ";
  if (error.disk_full())
    return Error(place + "the disk is full", "free some space");
  switch (error.code()) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_ERROR: // a table is missing, as of a file cut short
      return damaged(error.what());
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error(place + "another process keeps it locked", "wait for that process to end");
    case SQLITE_READONLY:
      return Error(place + "is read-only", "check its permissions and those of its folder");
    case SQLITE_CANTOPEN:
      return Error(place + "cannot be opened or made",
                   "check the permissions of its folder, or name another store in RESIDUA_STORE");
    default:
      return Error(place + error.what(), "check the disk, or name another store in RESIDUA_STORE");
  }
}

std::shared_ptr<StoreFile> StoreFile::open(const fs::path& path) {
  std::shared_ptr<StoreFile> file(new StoreFile(fs::absolute(path)));
  make_parent(file->path_);
  check_header(file->path_);
  try {
    file->connect();
    file->make_or_check();
  } catch (const SqliteError& error) {
    throw file->explain(error);
  }
  return file;
}

static std::unique_ptr<Database> connection(const fs::path& path, Database::Mode mode) {
  auto database = std::make_unique<Database>(path.string(), mode);
  database->integer(
      "SELECT count(*) FROM sqlite_schema"); // the first read finds out what is locked
  return database;
}

static bool is_denied(const SqliteError& error) {
  return error.code() == SQLITE_CANTOPEN || error.code() == SQLITE_READONLY ||
         error.code() == SQLITE_PERM;
}

void StoreFile::connect() {
  try {
    database_ = connection(path_, Database::Mode::write);
    if (database_->read_only())
      read_only_ = explain(SqliteError(SQLITE_READONLY, false, "")).what();
  } catch (const SqliteError& error) {
    std::error_code ignored;
    if (!is_denied(error) || !fs::exists(path_, ignored))
      throw;
    connect_frozen();
  }
}

// In a folder that cannot be written, the files that lock a store cannot be made. Whoever writes it
// keeps such a file beside it, so without one it is at rest.
void StoreFile::connect_frozen() {
  if (fs::exists(path_.string() + "-wal"))
    throw SqliteError(SQLITE_READONLY, false, "");
  frozen_ = fs::last_write_time(path_);
  database_ = connection(path_, Database::Mode::frozen);
  read_only_ = explain(SqliteError(SQLITE_READONLY, false, "")).what();
}

void StoreFile::check_unchanged() const {
  if (frozen_ == fs::file_time_type{})
    return;
  std::error_code failed;
  const auto written = fs::last_write_time(path_, failed);
  if (failed || written != frozen_ || fs::exists(path_.string() + "-wal"))
    throw Error(cat(path_.string(), ": written by another process while it was read without locks"),
                "start again, or give write permission on its folder");
}

// Tables of a new store, in one transaction that another process may have been faster with.
void StoreFile::make_or_check() const {
  const auto is_new = [this] {
    return database_->integer("PRAGMA application_id") == 0 &&
           database_->integer("SELECT count(*) FROM sqlite_schema") == 0;
  };
  if (is_new() && read_only_.empty()) {
    Transaction transaction(*database_, Transaction::Kind::write);
    if (is_new()) {
      database_->run(cat(kSchema, "PRAGMA application_id = ", kStoreApplication,
                         "; PRAGMA user_version = ", kStoreVersion));
      transaction.commit();
    }
  }
  if (database_->integer("PRAGMA application_id") != kStoreApplication)
    throw Error(cat(path_.string(), ": empty, not a store"), kElsewhere);
  check_version(path_, database_->integer("PRAGMA user_version"));
  if (!read_only_.empty())
    return;
  try {
    database_->run("PRAGMA journal_mode = WAL");
  } catch (const SqliteError& error) {
    if (error.code() !=
        SQLITE_BUSY) // another process does it, or goes on with the journal there is
      throw;
  }
  database_->run("PRAGMA synchronous = NORMAL");
}

} // namespace residua
