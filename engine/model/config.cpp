#include "engine/model/config.hpp"

#include "engine/error.hpp"

#include <nlohmann/json.hpp>

namespace residua {

using nlohmann::json;

Config::Config(std::shared_ptr<const json> parsed, std::string origin)
    : json_(std::move(parsed)), origin_(std::move(origin)) {}

Config Config::parse(const std::string& text, const std::string& origin) {
  json parsed;
  try {
    parsed = json::parse(text);
  } catch (const json::parse_error& e) {
    throw Error(cat(origin, ": not valid JSON at byte ", e.byte),
                "check or download the file again");
  } catch (const json::out_of_range&) {
    throw Error(cat(origin, ": not valid JSON: it holds a number beyond float64"),
                "check or download the file again");
  }
  if (!parsed.is_object())
    throw Error(cat(origin, ": expected a JSON object"), "is this a model's config.json?");
  return Config(std::make_shared<const json>(std::move(parsed)), origin);
}

bool Config::has(const std::string& field) const {
  return json_->contains(field) && !json_->at(field).is_null();
}

bool Config::mentions(const std::string& field) const {
  return json_->contains(field);
}

const json& Config::field_of_type(const std::string& field, const char* type, bool right) const {
  if (!has(field))
    throw Error(cat(origin_, ": field '", field, "' is missing"), "is this a model's config.json?");
  if (!right)
    throw Error(cat(origin_, ": field '", field, "' is not ", type));
  return json_->at(field);
}

int64_t Config::integer(const std::string& field) const {
  return field_of_type(field, "an integer", has(field) && json_->at(field).is_number_integer())
      .get<int64_t>();
}

int64_t Config::integer(const std::string& field, int64_t otherwise) const {
  return has(field) ? integer(field) : otherwise;
}

double Config::number(const std::string& field) const {
  return field_of_type(field, "a number", has(field) && json_->at(field).is_number()).get<double>();
}

double Config::number(const std::string& field, double otherwise) const {
  return has(field) ? number(field) : otherwise;
}

bool Config::boolean(const std::string& field, bool otherwise) const {
  if (!has(field))
    return otherwise;
  return field_of_type(field, "true or false", json_->at(field).is_boolean()).get<bool>();
}

std::string Config::text(const std::string& field) const {
  return field_of_type(field, "a string", has(field) && json_->at(field).is_string())
      .get<std::string>();
}

std::string Config::text(const std::string& field, const std::string& otherwise) const {
  return has(field) ? text(field) : otherwise;
}

std::vector<std::string> Config::texts(const std::string& field) const {
  const json& array = field_of_type(field, "an array", has(field) && json_->at(field).is_array());
  std::vector<std::string> found;
  for (const json& element : array) {
    if (!element.is_string())
      throw Error(cat(origin_, ": field '", field, "' holds something that is not a string"));
    found.push_back(element.get<std::string>());
  }
  return found;
}

Config Config::object(const std::string& field) const {
  const json& inner = field_of_type(field, "an object", has(field) && json_->at(field).is_object());
  return Config({json_, &inner}, origin_); // shares, since a copy would recurse into what nests
}

void Config::require_absent_or(const std::string& field, bool value) const {
  if (boolean(field, value) != value)
    throw Error(cat(origin_, ": ", field, " = ", value ? "false" : "true", " is not supported"),
                "use a checkpoint without it");
}

} // namespace residua
