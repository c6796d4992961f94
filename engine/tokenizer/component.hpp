#pragma once
// How the parts of a tokenizer are chosen: by the "type" of their JSON object, from a table of
// makers.

#include "engine/error.hpp"
#include "engine/tokenizer/json_fields.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace residua::tokenizer {

/// One supported type of a component, and what makes it from its JSON object.
template <class Component> struct Maker {
  const char* type;
  std::unique_ptr<const Component> (*make)(const Field& field);
};

/// The component that `field` describes; nothing for null.
template <class Component, std::size_t N>
std::unique_ptr<const Component> make_component(const Field& field,
                                                const Maker<Component> (&makers)[N]) {
  if (field.is_null())
    return nullptr;
  const std::string& type = field.at("type").text();
  std::string supported;
  for (const auto& maker : makers) {
    if (type == maker.type)
      return maker.make(field);
    supported += cat(supported.empty() ? "" : ", ", maker.type);
  }
  field.fail(cat(shown(type), " is not supported"), cat("supported are ", supported));
}

/// The components that the list `field` describes, in order, nulls left out.
template <class Component>
std::vector<std::unique_ptr<const Component>>
make_steps(const Field& field, std::unique_ptr<const Component> (*make)(const Field& field)) {
  std::vector<std::unique_ptr<const Component>> steps;
  for (const Field& step : field.elements())
    if (auto made = make(step))
      steps.push_back(std::move(made));
  return steps;
}

} // namespace residua::tokenizer
