#pragma once
// Checked access to the fields of a `config.json`: errors name the file and the field.

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace residua {

class Config {
 public:
  /// Parses JSON text; `origin` (the file) stands in errors.
  static Config parse(const std::string& text, const std::string& origin);

  const std::string& origin() const { return origin_; }
  bool has(const std::string& field) const;      ///< there and not null
  bool mentions(const std::string& field) const; ///< there, null or not

  int64_t integer(const std::string& field) const;
  int64_t integer(const std::string& field, int64_t otherwise) const;
  double number(const std::string& field) const;
  double number(const std::string& field, double otherwise) const;
  bool boolean(const std::string& field, bool otherwise) const;
  std::string text(const std::string& field) const;
  std::string text(const std::string& field, const std::string& otherwise) const;

  std::vector<std::string> texts(const std::string& field) const; ///< an array of strings

  /// The object under `field`, with the same origin.
  Config object(const std::string& field) const;

  /// Throws unless the field is absent, null or equal to `value`: what this engine does not
  /// compute, it refuses.
  void require_absent_or(const std::string& field, bool value) const;

 private:
  Config(std::shared_ptr<const nlohmann::json> json, std::string origin);
  const nlohmann::json& field_of_type(const std::string& field, const char* type, bool right) const;
  std::shared_ptr<const nlohmann::json> json_;
  std::string origin_;
};

} // namespace residua
