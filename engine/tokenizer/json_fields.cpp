#include "engine/tokenizer/json_fields.hpp"

#include "engine/error.hpp"
#include "engine/tokenizer/code_points.hpp"

#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>

namespace residua::tokenizer {

using nlohmann::json;

// The largest tokenizers in use have 35 MB, 2 million values and a depth of 8.
static constexpr std::size_t kMaxBytes = std::size_t{128} << 20;
static constexpr std::size_t kMaxValues = std::size_t{8} << 20;
static constexpr int kMaxDepth = 64;

bool Field::is_null() const {
  return value_->is_null();
}

// Keys that the file chose itself are quoted, so that a path fits in a message.
Field Field::member(std::string_view key, const nlohmann::json& value) const {
  const bool plain = std::all_of(key.begin(), key.end(),
                                 [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
  if (!plain)
    return {value, cat(path_, "[", shown(key), "]"), *origin_};
  return {value, path_.empty() ? std::string(key) : cat(path_, ".", key), *origin_};
}

std::optional<Field> Field::find(std::string_view key) const {
  require_object();
  const auto found = value_->find(key);
  if (found == value_->end() || found->is_null())
    return std::nullopt;
  return member(key, *found);
}

Field Field::at(std::string_view key) const {
  require_object();
  const auto found = value_->find(key);
  if (found == value_->end())
    fail(cat("has no field '", key, "'"), "use a file written by Hugging Face tokenizers");
  return member(key, *found);
}

Field Field::element(std::size_t index) const {
  return {(*value_)[index], cat(path_, "[", index, "]"), *origin_};
}

std::vector<Field> Field::elements() const {
  require_array();
  std::vector<Field> fields;
  fields.reserve(value_->size());
  for (std::size_t i = 0; i < value_->size(); ++i)
    fields.push_back(element(i));
  return fields;
}

const std::string& Field::text() const {
  if (!value_->is_string())
    fail_type("a string");
  return value_->get_ref<const std::string&>();
}

bool Field::flag() const {
  if (!value_->is_boolean())
    fail_type("true or false");
  return value_->get<bool>();
}

bool Field::flag_or(std::string_view key, bool fallback) const {
  const auto field = find(key);
  return field ? field->flag() : fallback;
}

int64_t Field::integer(int64_t low, int64_t high) const {
  const bool fits = value_->is_number_unsigned()
                        ? value_->get<uint64_t>() <= static_cast<uint64_t>(INT64_MAX)
                        : value_->is_number_integer();
  if (!fits)
    fail_type("an integer");
  const auto number = value_->get<int64_t>();
  if (number < low || number > high)
    fail(cat("is ", number, ", outside ", low, " to ", high));
  return number;
}

void Field::require_object() const {
  if (!value_->is_object())
    fail_type("an object");
}

void Field::require_array() const {
  if (!value_->is_array())
    fail_type("an array");
}

std::string Field::place() const {
  return cat(*origin_, ": ", path_.empty() ? "the document" : path_);
}

void Field::fail(const std::string& what, const std::string& remedy) const {
  throw Error(cat(place(), " ", what), remedy);
}

void Field::fail_type(const char* needed) const {
  fail(cat("is of type ", value_->type_name()), cat("it must be ", needed));
}

namespace {

/// Stops a parse that would take too much memory, or recurse too deeply when its value is used.
class Limits {
 public:
  explicit Limits(const std::string& origin) : origin_(origin) {}

  bool operator()(int depth, json::parse_event_t event, const json&) {
    if (depth > kMaxDepth)
      throw Error(cat(origin_, ": nested more than ", kMaxDepth, " levels deep"), "check the file");
    if (event != json::parse_event_t::array_end && event != json::parse_event_t::object_end &&
        ++values_ > kMaxValues)
      throw Error(cat(origin_, ": more than ", kMaxValues, " values"), "check the file");
    return true;
  }

 private:
  const std::string& origin_;
  std::size_t values_ = 0;
};

} // namespace

json parse_json(std::string_view text, const std::string& origin) {
  if (text.size() > kMaxBytes)
    throw Error(cat(origin, ": ", text.size(), " bytes, more than the limit of ", kMaxBytes));
  Limits limits(origin);
  try {
    return json::parse(text, [&](int depth, json::parse_event_t event, const json& value) {
      return limits(depth, event, value);
    });
  } catch (const json::parse_error& e) {
    throw Error(cat(origin, ": not valid JSON at byte ", e.byte),
                "download or write the file again");
  } catch (const json::exception&) { // a number out of range
    throw Error(cat(origin, ": not valid JSON"), "download or write the file again");
  }
}

std::string shown(std::string_view name) {
  constexpr std::size_t kShown = 60;
  const bool cut = name.size() > kShown;
  std::string line = code_points::repair(name.substr(0, kShown));
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      c = '?';
  return cat("'", line, cut ? "..." : "", "'");
}

} // namespace residua::tokenizer
