#include "engine/model/safetensors.hpp"

#include "engine/error.hpp"
#include "engine/model/mapped_tensor.hpp"
#include "engine/quote.hpp"

#include <ATen/ATen.h>
#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

namespace residua {

using nlohmann::json;
using nlohmann::ordered_json;

static constexpr uint64_t kMostHeader = 100'000'000; // the format's own limit
static const char* const kRemedy = "the file is damaged: download or save it again";

struct Extent {
  uint64_t begin, end;
  std::string name;
};

static const std::map<std::string, at::ScalarType>& types() {
  static const std::map<std::string, at::ScalarType> kTypes = {
      {"F32", at::kFloat}, {"F16", at::kHalf}, {"BF16", at::kBFloat16}, {"F64", at::kDouble},
      {"I64", at::kLong},  {"I32", at::kInt},  {"I16", at::kShort},     {"I8", at::kChar},
      {"U8", at::kByte},   {"BOOL", at::kBool}};
  return kTypes;
}

static json parse_header(const MappedFile& file) {
  const std::string path = file.path().string();
  if (file.size() < 8)
    throw Error(cat(path, ": ", file.size(), " bytes are too few for a safetensors file"), kRemedy);
  uint64_t length = 0;
  std::memcpy(&length, file.data(), 8);
  if (length > kMostHeader || length > file.size() - 8)
    throw Error(
        cat(path, ": the header claims ", length, " bytes at offset 8, the file has ", file.size()),
        kRemedy);
  const char* text = reinterpret_cast<const char*>(file.data()) + 8;
  try {
    json header = json::parse(text, text + length);
    if (header.is_object())
      return header;
  } catch (const json::parse_error& e) {
    throw Error(cat(path, ": the header is not valid JSON at offset ", 7 + e.byte), kRemedy);
  } catch (const json::out_of_range&) {
    throw Error(cat(path, ": the header is not valid JSON: it holds a number beyond float64"),
                kRemedy);
  }
  throw Error(cat(path, ": the header is no JSON object at offset 8"), kRemedy);
}

// Sizes only: what nests deeply must not reach dump(), which recurses.
static std::string shape_text(const json& shape) {
  const bool flat =
      std::all_of(shape.begin(), shape.end(), [](const json& size) { return size.is_number(); });
  return flat ? " " + shape.dump() : "";
}

static std::vector<int64_t> parse_shape(const json& entry, const std::string& where) {
  const auto found = entry.find("shape");
  if (found == entry.end() || !found->is_array() || found->size() > 8)
    throw Error(cat(where, "has no shape of at most 8 dimensions"), kRemedy);
  std::vector<int64_t> shape;
  uint64_t elements = 1; // a size 0 counts as 1, so that strides cannot overflow either
  for (const json& size : *found) {
    if (!size.is_number_unsigned() ||
        __builtin_mul_overflow(elements, std::max<uint64_t>(1, size.get<uint64_t>()), &elements) ||
        elements > (uint64_t{1} << 48))
      throw Error(cat(where, "has an impossible shape", shape_text(*found)), kRemedy);
    shape.push_back(size.get<int64_t>());
  }
  return shape;
}

static Extent parse_extent(const json& entry, uint64_t data_size, const std::string& name,
                           const std::string& where) {
  const auto found = entry.find("data_offsets");
  const bool pair = found != entry.end() && found->is_array() && found->size() == 2 &&
                    (*found)[0].is_number_unsigned() && (*found)[1].is_number_unsigned();
  if (!pair)
    throw Error(cat(where, "has no pair of data_offsets"), kRemedy);
  const Extent extent{(*found)[0].get<uint64_t>(), (*found)[1].get<uint64_t>(), name};
  if (extent.begin > extent.end || extent.end > data_size)
    throw Error(cat(where, "lies at ", extent.begin, " to ", extent.end, " of ", data_size,
                    " bytes of data"),
                kRemedy);
  return extent;
}

static at::ScalarType parse_type(const json& entry, const std::string& where) {
  const auto found = entry.find("dtype");
  const std::string name =
      found != entry.end() && found->is_string() ? found->get<std::string>() : "";
  const auto type = types().find(name);
  if (type == types().end())
    throw Error(cat(where, "has dtype ", quote(name)),
                "supported are F32, F16, BF16, F64 and integers");
  return type->second;
}

static void check_overlap(std::vector<Extent> extents, const std::string& path) {
  std::sort(extents.begin(), extents.end(), [](const Extent& a, const Extent& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  for (std::size_t i = 1; i < extents.size(); ++i)
    if (extents[i].begin < extents[i - 1].end)
      throw Error(cat(path, ": tensors ", quote(extents[i - 1].name), " and ",
                      quote(extents[i].name), " overlap at data offset ", extents[i].begin),
                  kRemedy);
}

Safetensors Safetensors::open(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  const json header = parse_header(*file);
  uint64_t length = 0;
  std::memcpy(&length, file->data(), 8);
  const uint64_t start = 8 + length;
  Safetensors result;
  std::vector<Extent> extents;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__")
      continue;
    const std::string where = cat(path.string(), ": tensor ", quote(name), " ");
    if (!entry.is_object())
      throw Error(cat(where, "is no JSON object"), kRemedy);
    const auto type = parse_type(entry, where);
    const auto shape = parse_shape(entry, where);
    extents.push_back(parse_extent(entry, file->size() - start, name, where));
    const uint64_t bytes = c10::multiply_integers(shape) * at::elementSize(type);
    if (extents.back().end - extents.back().begin != bytes)
      throw Error(cat(where, "spans ", extents.back().end - extents.back().begin,
                      " bytes, its shape needs ", bytes),
                  kRemedy);
    result.tensors_.emplace(name, map_tensor(file, start + extents.back().begin, shape,
                                             contiguous_strides(shape), type));
  }
  check_overlap(std::move(extents), path.string());
  return result;
}

static std::string type_name(at::ScalarType type) {
  for (const auto& [name, known] : types())
    if (known == type)
      return name;
  throw Error(cat("cannot save dtype ", c10::toString(type)), "convert it to float32 first");
}

void save_safetensors(const std::filesystem::path& path,
                      const std::vector<std::pair<std::string, at::Tensor>>& tensors) {
  ordered_json header = ordered_json::object();
  uint64_t offset = 0;
  for (const auto& [name, tensor] : tensors) {
    header[name] = {{"dtype", type_name(tensor.scalar_type())},
                    {"shape", tensor.sizes().vec()},
                    {"data_offsets", {offset, offset + tensor.nbytes()}}};
    offset += tensor.nbytes();
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' '); // keeps the data aligned to 8 bytes
  const uint64_t length = text.size();
  std::string content(reinterpret_cast<const char*>(&length), 8);
  content += text;
  for (const auto& [name, tensor] : tensors) {
    const at::Tensor dense = tensor.detach().cpu().contiguous();
    content.append(static_cast<const char*>(dense.data_ptr()), dense.nbytes());
  }
  write_file(path, content);
}

} // namespace residua
