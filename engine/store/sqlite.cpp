#include "engine/store/sqlite.hpp"

#include <cerrno>
#include <cstddef>
#include <sqlite3.h>

namespace residua {

static constexpr int kWait = 10000; // for other processes [ms]

// A full disk shows as SQLITE_FULL, or as a failed write, when the shared memory cannot grow.
static bool is_full(sqlite3* database) {
  const int code = sqlite3_errcode(database), system = sqlite3_system_errno(database);
  return code == SQLITE_FULL || (code == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT));
}

SqliteError::SqliteError(sqlite3* database)
    : SqliteError(sqlite3_extended_errcode(database), is_full(database), sqlite3_errmsg(database)) {
}

SqliteError::SqliteError(int code, bool full, const std::string& message)
    : std::runtime_error(message), code_(code), full_(full) {}

static void require(sqlite3* database, int code) {
  if (code != SQLITE_OK)
    throw SqliteError(database);
}

// A path as a URI, whose special characters are escaped.
static std::string uri(const std::string& path, const char* query) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string escaped = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#')
      escaped.append({'%', kHex[c >> 4], kHex[c & 15]});
    else
      escaped += c;
  }
  return escaped + query;
}

static int flags(Database::Mode mode) {
  if (mode == Database::Mode::write)
    return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  return SQLITE_OPEN_READONLY | (mode == Database::Mode::frozen ? SQLITE_OPEN_URI : 0);
}

Database::Database(const std::string& path, Mode mode) {
  const std::string name = mode == Mode::frozen ? uri(path, "?immutable=1") : path;
  const int code = sqlite3_open_v2(name.c_str(), &handle_, flags(mode), nullptr);
  if (code == SQLITE_OK) {
    sqlite3_busy_timeout(handle_, kWait);
    return;
  }
  const SqliteError error = handle_ ? SqliteError(handle_) : SqliteError(code, false, "no memory");
  sqlite3_close_v2(handle_);
  throw error;
}

Database::~Database() {
  sqlite3_close_v2(handle_);
}

void Database::run(const std::string& sql) const {
  require(handle_, sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr));
}

int64_t Database::integer(const std::string& sql) const {
  Statement statement(*this, sql);
  return statement.step() ? statement.integer(0) : 0;
}

bool Database::read_only() const {
  return sqlite3_db_readonly(handle_, "main") != 0;
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(handle_) == 0;
}

int64_t Database::changes() const {
  return sqlite3_changes64(handle_);
}

int64_t Database::last_number() const {
  return sqlite3_last_insert_rowid(handle_);
}

Statement::Statement(const Database& database, const std::string& sql)
    : database_(database.handle()) {
  require(database_, sqlite3_prepare_v2(database_, sql.data(), static_cast<int>(sql.size()),
                                        &handle_, nullptr));
}

Statement::~Statement() {
  sqlite3_finalize(handle_);
}

bool Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW)
    return true;
  if (code == SQLITE_DONE)
    return false;
  const SqliteError error(database_);
  sqlite3_reset(handle_);
  throw error;
}

void Statement::execute() {
  while (step()) {
  }
  reset();
}

void Statement::reset() {
  sqlite3_reset(handle_);
}

int Statement::type(int column) const {
  return sqlite3_column_type(handle_, column);
}

int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(handle_, column);
}

std::string_view Statement::text(int column) const {
  const auto* first = static_cast<const char*>(sqlite3_column_blob(handle_, column));
  return {first ? first : "", static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

void Statement::set(int index, int64_t value) {
  require(database_, sqlite3_bind_int64(handle_, index, value));
}

void Statement::set(int index, double value) {
  require(database_, sqlite3_bind_double(handle_, index, value));
}

void Statement::set(int index, std::string_view text) {
  const char* first = text.data() ? text.data() : ""; // a null pointer would bind NULL
  require(database_,
          sqlite3_bind_text64(handle_, index, first, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::set(int index, std::span<const std::byte> bytes) {
  const void* first = bytes.data() ? static_cast<const void*>(bytes.data()) : "";
  require(database_, sqlite3_bind_blob64(handle_, index, first, bytes.size(), SQLITE_STATIC));
}

Transaction::Transaction(const Database& database, Kind kind) : database_(database) {
  database_.run(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  if (database_.in_transaction()) // a full disk may have ended it already
    sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  database_.run("COMMIT");
}

} // namespace residua
