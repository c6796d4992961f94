#pragma once
// Files and small helpers that the tokenizer tests share.

#include "tests/support/catch.hpp"

#include "engine/error.hpp"
#include "engine/file.hpp"
#include "engine/tokenizer/json_fields.hpp"
#include "engine/tokenizer/tokenizer.hpp"

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace residua::reference {

/// A file that tests/golden/make_tokenizers.py wrote.
inline std::filesystem::path golden(const std::string& name) {
  return std::filesystem::path(RESIDUA_SOURCE) / "tests" / "golden" / "tokenizer" / name;
}

/// A folder of the data for development, or nothing, with a warning, where it is absent.
inline std::optional<std::filesystem::path> data(const std::string& name) {
  const char* variable = std::getenv("RESIDUA_DATA");
  const std::filesystem::path folder =
      variable != nullptr ? variable
                          : std::filesystem::path(RESIDUA_SOURCE) / ".." / "shared" / "data";
  if (std::filesystem::exists(folder / name))
    return folder / name;
  WARN("skipped: no " << name << " under RESIDUA_DATA");
  return std::nullopt;
}

inline nlohmann::json read(const std::filesystem::path& file) {
  return nlohmann::json::parse(read_file(file));
}

/// The message of the error that `action` throws, or "" if it throws none.
inline std::string message(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "";
}

/// A field that holds `document`, in a file "t.json".
inline tokenizer::Field field(const nlohmann::json& document, const std::string& path = "it") {
  static const std::string origin = "t.json";
  return {document, path, origin};
}

/// A tokenizer of a few letters: "a" "b" "ab", and `changes` (a JSON merge patch).
inline std::shared_ptr<const Tokenizer> small(const std::string& changes = "{}") {
  auto document = nlohmann::json::parse(
      R"({"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}})");
  document.merge_patch(nlohmann::json::parse(changes));
  return Tokenizer::parse(document.dump(), "t.json");
}

} // namespace residua::reference
