#include "bindings/torch_message.hpp"

#include "engine/dtype.hpp"
#include "engine/error.hpp"

#include <cstdio>
#include <cstring>

namespace residua {

namespace {

/// Of "Half", "float16"; the name itself where scripts have none.
std::string script_dtype(const std::string& name) {
  for (const std::string_view known : dtype_names())
    if (name == c10::toString(*find_dtype(known)))
      return std::string(known);
  return name;
}

/// Whether the message is: "exp_vml_cpu" not implemented for 'Half'
bool read_unsupported(const char* text, std::string& said) {
  const char* found = std::strstr(text, "not implemented for '");
  char type[32];
  if (!found || std::sscanf(found, "not implemented for '%31[A-Za-z0-9]'", type) != 1)
    return false;
  said = cat("not implemented for ", script_dtype(type),
             "; convert the tensor first, as in x:to(\"float32\")");
  return true;
}

/// Whether the message is of two tensors that do not fit, element by element.
bool read_mismatch(const char* text, std::string& said) {
  long long left = 0, right = 0, dim = 0;
  if (std::sscanf(text,
                  "The size of tensor a (%lld) must match the size of tensor b (%lld) at "
                  "non-singleton dimension %lld",
                  &left, &right, &dim) != 3)
    return false;
  said = cat("sizes ", left, " and ", right, " do not fit in dimension ", dim + 1,
             "; they must be equal, or one of them 1");
  return true;
}

/// Whether the message is of tensors that cannot be joined.
bool read_unjoinable(const char* text, std::string& said) {
  long long dim = 0, wanted = 0, size = 0, place = 0;
  if (std::sscanf(text,
                  "Sizes of tensors must match except in dimension %lld. Expected size %lld but "
                  "got size %lld for tensor number %lld in the list",
                  &dim, &wanted, &size, &place) != 4)
    return false;
  said = cat("tensor ", place + 1, " has size ", size, " where the first has ", wanted,
             "; sizes must agree in all dimensions but ", dim + 1);
  return true;
}

} // namespace

std::string torch_message(const char* text) {
  if (std::strncmp(text, "[enforce fail", 13) == 0 && std::strstr(text, "] "))
    text = std::strstr(text, "] ") + 2;
  std::string said;
  if (read_unsupported(text, said) || read_mismatch(text, said) || read_unjoinable(text, said))
    return said;
  return std::string(text, std::strcspn(text, "\n"));
}

} // namespace residua
