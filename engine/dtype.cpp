#include "engine/dtype.hpp"

#include <utility>

namespace residua {

static constexpr std::pair<std::string_view, c10::ScalarType> kDtypes[] = {
    {"float32", c10::ScalarType::Float}, {"float64", c10::ScalarType::Double},
    {"float16", c10::ScalarType::Half},  {"bfloat16", c10::ScalarType::BFloat16},
    {"int64", c10::ScalarType::Long},    {"int32", c10::ScalarType::Int},
    {"int16", c10::ScalarType::Short},   {"int8", c10::ScalarType::Char},
    {"uint8", c10::ScalarType::Byte},    {"bool", c10::ScalarType::Bool},
};

std::string dtype_name(c10::ScalarType dtype) {
  for (const auto& [name, type] : kDtypes)
    if (type == dtype)
      return std::string(name);
  return c10::toString(dtype);
}

std::optional<c10::ScalarType> find_dtype(std::string_view name) {
  for (const auto& [known, type] : kDtypes)
    if (known == name)
      return type;
  return std::nullopt;
}

const std::vector<std::string_view>& dtype_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const auto& [name, type] : kDtypes)
      all.push_back(name);
    return all;
  }();
  return names;
}

} // namespace residua
