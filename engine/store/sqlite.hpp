#pragma once
// SQLite with owners: a connection, a prepared statement, a transaction. Every failure is a
// SqliteError.

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace residua {

/// What SQLite refused; a store turns it into an Error that names its file.
class SqliteError : public std::runtime_error {
 public:
  explicit SqliteError(sqlite3* database);
  SqliteError(int code, bool full, const std::string& message);

  int code() const { return code_ & 0xff; } ///< SQLITE_BUSY, SQLITE_CORRUPT ...
  bool disk_full() const { return full_; }

 private:
  int code_;
  bool full_;
};

/// A connection. Waits up to 10 s for other processes that write.
class Database {
 public:
  enum class Mode { write, read, frozen }; ///< frozen: makes and locks nothing beside the file

  Database(const std::string& path, Mode mode);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs statements without results.
  void run(const std::string& sql) const;
  /// The first column of the first row, 0 where there is none.
  int64_t integer(const std::string& sql) const;
  bool read_only() const;
  bool in_transaction() const;
  int64_t changes() const;     ///< Rows that the last statement changed.
  int64_t last_number() const; ///< INTEGER PRIMARY KEY of the last row inserted.
  sqlite3* handle() const { return handle_; }

 private:
  sqlite3* handle_ = nullptr;
};

/// A prepared statement; parameters and columns have the types int64_t, double, text and bytes.
class Statement {
 public:
  Statement(const Database& database, const std::string& sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Sets all parameters in order. Texts and bytes must live until the statement has run.
  template <class... Values> Statement& bind(const Values&... values) {
    reset();
    int index = 0;
    (set(++index, values), ...);
    return *this;
  }
  /// Goes to the next row; false after the last one.
  bool step();
  /// Runs to the end.
  void execute();
  void reset();

  int type(
      int column) const; ///< SQLITE_INTEGER, SQLITE_FLOAT, SQLITE_TEXT, SQLITE_BLOB, SQLITE_NULL
  int64_t integer(int column) const;
  double real(int column) const;
  /// Text or bytes, valid until the next step.
  std::string_view text(int column) const;

 private:
  void set(int index, int64_t value);
  void set(int index, double value); ///< SQLite keeps NaN as NULL.
  void set(int index, std::string_view text);
  void set(int index, const std::string& text) { set(index, std::string_view(text)); }
  void set(int index, std::span<const std::byte> bytes);

  sqlite3* database_;
  sqlite3_stmt* handle_ = nullptr;
};

/// Rolled back unless committed.
class Transaction {
 public:
  enum class Kind { read, write };

  Transaction(const Database& database, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  const Database& database_;
};

} // namespace residua
