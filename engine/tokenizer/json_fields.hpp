#pragma once
// Checked access to the fields of a JSON file: every error names the file and the path of the
// field.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace residua::tokenizer {

/// A value somewhere in a JSON document, which must outlive it.
class Field {
 public:
  Field(const nlohmann::json& value, std::string path, const std::string& origin)
      : value_(&value), path_(std::move(path)), origin_(&origin) {}

  const nlohmann::json& json() const { return *value_; }
  const std::string& path() const { return path_; }
  std::string place() const; ///< "FILE: PATH", for messages
  bool is_null() const;

  /// The member `key` of an object; Error if absent.
  Field at(std::string_view key) const;
  /// The same, or nothing if absent or null.
  std::optional<Field> find(std::string_view key) const;
  /// The element `index` of an array, which must have it.
  Field element(std::size_t index) const;
  /// Elements of an array, in order.
  std::vector<Field> elements() const;

  const std::string& text() const;
  bool flag() const;
  bool flag_or(std::string_view key,
               bool fallback) const;                ///< the member `key`, or `fallback` if absent
  int64_t integer(int64_t low, int64_t high) const; ///< in low..high

  /// Requires that this is an object or an array.
  void require_object() const;
  void require_array() const;

  /// Throws Error("FILE: PATH `what`", remedy).
  [[noreturn]] void fail(const std::string& what, const std::string& remedy = "") const;

 private:
  Field member(std::string_view key, const nlohmann::json& value) const;
  [[noreturn]] void fail_type(const char* needed) const;

  const nlohmann::json* value_;
  std::string path_;
  const std::string* origin_;
};

/// Parses JSON of bounded size, depth and number of values; `origin` stands in error messages.
nlohmann::json parse_json(std::string_view text, const std::string& origin);

/// `name` in quotes, fit for one line of a message: shortened, control characters masked.
std::string shown(std::string_view name);

} // namespace residua::tokenizer
