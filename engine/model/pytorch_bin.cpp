// What torch.save writes (torch/serialization.py and torch/_utils.py of PyTorch 2.13):
// NAME/data.pkl describes the tensors, NAME/data/KEY holds the storages.

#include "engine/model/pytorch_bin.hpp"

#include "engine/error.hpp"
#include "engine/model/mapped_tensor.hpp"
#include "engine/model/pickle.hpp"
#include "engine/model/zip_archive.hpp"
#include "engine/quote.hpp"

#include <ATen/ATen.h>
#include <algorithm>

namespace residua {

using Kind = PickleValue::Kind;
using Tensors = std::map<std::string, at::Tensor>;

static const char* const kDamaged = "the file is damaged: download or save it again";
static const char* const kAlone =
    "write a file of tensors alone: torch.save(model.state_dict(), FILE)";

static constexpr std::string_view kRebuildTensor = "torch._utils._rebuild_tensor_v2",
                                  kRebuildParameter = "torch._utils._rebuild_parameter";

static const std::map<std::string_view, at::ScalarType>& storages() {
  static const std::map<std::string_view, at::ScalarType> kStorages = {
      {"torch.FloatStorage", at::kFloat},       {"torch.HalfStorage", at::kHalf},
      {"torch.BFloat16Storage", at::kBFloat16}, {"torch.DoubleStorage", at::kDouble},
      {"torch.LongStorage", at::kLong},         {"torch.IntStorage", at::kInt},
      {"torch.ShortStorage", at::kShort},       {"torch.CharStorage", at::kChar},
      {"torch.ByteStorage", at::kByte},         {"torch.BoolStorage", at::kBool}};
  return kStorages;
}

static const std::vector<std::string_view>& globals() {
  static const std::vector<std::string_view> kGlobals = [] {
    std::vector<std::string_view> names = {"collections.OrderedDict", kRebuildTensor,
                                           kRebuildParameter};
    for (const auto& [name, type] : storages())
      names.push_back(name);
    return names;
  }();
  return kGlobals;
}

/// A storage: its elements lie at `offset` of the file.
struct Storage {
  at::ScalarType type;
  uint64_t offset, elements;
};

/// What a tensor is made of.
struct Layout {
  int64_t first;
  std::vector<int64_t> sizes, strides;
};

class BinReader {
 public:
  explicit BinReader(const std::filesystem::path& path);
  Tensors tensors() const;

 private:
  [[noreturn]] void fail(const std::string& what, const char* remedy = kDamaged) const {
    throw Error(cat(file_->path().string(), ": ", what), remedy);
  }
  std::string_view content(const std::string& name, uint64_t limit) const;
  Storage storage(const PickleValue& value, const std::string& name) const;
  Layout layout(const std::vector<const PickleValue*>& arguments, const std::string& name) const;
  std::vector<int64_t> integers(const PickleValue& tuple, const std::string& name) const;
  void check_inside(const Layout& layout, const Storage& storage, const std::string& name) const;
  at::Tensor empty_tensor(const std::vector<int64_t>& sizes, at::ScalarType type,
                          const std::string& name) const;
  at::Tensor tensor(const PickleValue& value, const std::string& name) const;

  std::shared_ptr<const MappedFile> file_;
  std::map<std::string, ZipRecord> records_;
  std::string root_; // "pytorch_model/"
};

// Before 1.6 a file began with a pickle of torch's magic number 0x1950a86a20f9469cfc6c.
static void check_format(const MappedFile& file) {
  constexpr std::string_view kZip = "PK\3\4", kOld = "\x80\2\x8a\nl\xfc\x9c\x46\xf9\x20j\xa8P\x19";
  const std::string_view start(reinterpret_cast<const char*>(file.data()),
                               std::min(file.size(), kOld.size()));
  if (start == kOld)
    throw Error(cat(file.path().string(), ": saved by torch before 1.6, or in its format"),
                "convert it: torch.save(torch.load(FILE), FILE) in a newer one");
  if (!start.starts_with(kZip))
    throw Error(cat(file.path().string(), ": no file of torch.save: it does not begin as a ZIP"),
                "download or save it again");
}

BinReader::BinReader(const std::filesystem::path& path) : file_(MappedFile::open(path)) {
  check_format(*file_);
  records_ = read_zip_directory(*file_);
  constexpr std::string_view kPickle = "/data.pkl";
  for (const auto& [name, record] : records_)
    if (name.ends_with(kPickle) && name.find('/') == name.size() - kPickle.size())
      root_ = name.substr(0, name.size() - kPickle.size() + 1);
  if (root_.empty())
    fail("no file of torch.save: it has no data.pkl", kAlone);
  if (records_.contains(root_ + "byteorder") && content("byteorder", 16) != "little")
    fail(cat("its bytes are in the order ", quote(std::string(content("byteorder", 16)))),
         "save it on a little-endian machine");
}

std::string_view BinReader::content(const std::string& name, uint64_t limit) const {
  const ZipRecord& record = records_.at(root_ + name);
  if (record.size > limit)
    fail(cat(name, " has ", record.size, " bytes, more than the limit of ", limit));
  return {reinterpret_cast<const char*>(file_->data()) + record.offset, record.size};
}

// ("storage", torch.FloatStorage, key of the record, device, elements)
Storage BinReader::storage(const PickleValue& value, const std::string& name) const {
  const auto* id = value.is(Kind::stored) ? value.items[0] : nullptr;
  const bool known = id != nullptr && id->is(Kind::tuple) && id->items.size() == 5 &&
                     id->items[1]->is(Kind::global) && id->items[2]->is(Kind::text) &&
                     id->items[4]->is(Kind::integer) && id->items[4]->integer >= 0;
  const auto type = known ? storages().find(id->items[1]->text) : storages().end();
  if (type == storages().end())
    fail(cat("tensor ", name, " has no storage"));
  const std::string key = "data/" + std::string(id->items[2]->text);
  const auto record = records_.find(root_ + key);
  if (record == records_.end())
    fail(cat("tensor ", name, " lies in the record ", quote(key), ", which is not there"));
  const auto elements = static_cast<uint64_t>(id->items[4]->integer);
  const uint64_t size = at::elementSize(type->second);
  if (record->second.size / size != elements || record->second.size % size != 0)
    fail(cat("tensor ", name, " needs a record of ", elements, " elements of ", size, " bytes, ",
             quote(key), " has ", record->second.size, " bytes"));
  return {type->second, record->second.offset, elements};
}

std::vector<int64_t> BinReader::integers(const PickleValue& tuple, const std::string& name) const {
  constexpr std::size_t kMostDimensions = 8;
  if (!tuple.is(Kind::tuple) || tuple.items.size() > kMostDimensions)
    fail(cat("tensor ", name, " has no shape of at most ", kMostDimensions, " dimensions"));
  std::vector<int64_t> numbers;
  for (const PickleValue* item : tuple.items) {
    if (!item->is(Kind::integer) || item->integer < 0)
      fail(cat("tensor ", name, " has an impossible shape"));
    numbers.push_back(item->integer);
  }
  return numbers;
}

// (storage, first element, sizes, strides, requires_grad, hooks[, flags])
Layout BinReader::layout(const std::vector<const PickleValue*>& arguments,
                         const std::string& name) const {
  if (arguments.size() < 6 || !arguments[1]->is(Kind::integer) || arguments[1]->integer < 0)
    fail(cat("tensor ", name, " has no place in its storage"));
  if (arguments.size() > 6 && !arguments[6]->items.empty())
    fail(cat("tensor ", name, " is a lazy conjugate or negative"),
         "save what .resolve_neg() gives");
  Layout layout{arguments[1]->integer, integers(*arguments[2], name),
                integers(*arguments[3], name)};
  if (layout.sizes.size() != layout.strides.size())
    fail(cat("tensor ", name, " has ", layout.sizes.size(), " sizes and ", layout.strides.size(),
             " strides"));
  return layout;
}

// Also keeps the tensor from being larger than its storage, by repetition with stride 0.
void BinReader::check_inside(const Layout& layout, const Storage& storage,
                             const std::string& name) const {
  uint64_t count = 1, last = static_cast<uint64_t>(layout.first);
  bool fits = true;
  for (std::size_t i = 0; i < layout.sizes.size() && fits; ++i) {
    const uint64_t size = layout.sizes[i], stride = layout.strides[i];
    uint64_t step = 0;
    fits = !__builtin_mul_overflow(count, size, &count) &&
           !__builtin_mul_overflow(size - 1, stride, &step) &&
           !__builtin_add_overflow(last, step, &last);
  }
  if (!fits || last >= storage.elements || count > storage.elements)
    fail(cat("tensor ", name, " does not lie in its storage of ", storage.elements, " elements"),
         "if it is an expanded view, save its clone()");
}

// No element to look up, but strides must not overflow.
at::Tensor BinReader::empty_tensor(const std::vector<int64_t>& sizes, at::ScalarType type,
                                   const std::string& name) const {
  uint64_t count = 1;
  for (const int64_t size : sizes)
    if (__builtin_mul_overflow(count, std::max<uint64_t>(1, size), &count) ||
        count > (uint64_t{1} << 48))
      fail(cat("tensor ", name, " has an impossible shape"));
  return at::empty(sizes, at::TensorOptions().dtype(type));
}

at::Tensor BinReader::tensor(const PickleValue& value, const std::string& name) const {
  const auto is_call_of = [](const PickleValue& call, std::string_view callee) {
    return call.is(Kind::call) && call.items[0]->text == callee;
  };
  const PickleValue* made = &value;
  if (is_call_of(*made, kRebuildParameter) && !made->items[1]->items.empty())
    made = made->items[1]->items[0];
  if (!is_call_of(*made, kRebuildTensor))
    fail(cat("entry ", name, " is ", kind_name(made->kind), ", no tensor"), kAlone);
  const auto& arguments = made->items[1]->items;
  const Layout where = layout(arguments, name);
  const Storage in = storage(*arguments[0], name);
  if (std::find(where.sizes.begin(), where.sizes.end(), 0) != where.sizes.end())
    return empty_tensor(where.sizes, in.type, name);
  check_inside(where, in, name);
  return map_tensor(file_, in.offset + where.first * at::elementSize(in.type), where.sizes,
                    where.strides, in.type);
}

Tensors BinReader::tensors() const {
  constexpr uint64_t kMostPickle = uint64_t{1} << 25; // a tensor takes about 150 bytes
  const Pickle pickle = Pickle::parse(content("data.pkl", kMostPickle), globals(),
                                      cat(file_->path().string(), ": data.pkl"));
  const PickleValue& root = pickle.root();
  if (!root.is(Kind::dict))
    fail(cat("holds ", kind_name(root.kind), ", no dict of tensors"), kAlone);
  Tensors tensors;
  for (std::size_t i = 0; i < root.items.size(); i += 2) {
    if (!root.items[i]->is(Kind::text))
      fail(cat("holds a dict with ", kind_name(root.items[i]->kind), " as key"), kAlone);
    const std::string name(root.items[i]->text);
    tensors.insert_or_assign(name, tensor(*root.items[i + 1], quote(name)));
  }
  return tensors;
}

std::map<std::string, at::Tensor> read_pytorch_bin(const std::filesystem::path& path) {
  return BinReader(path).tensors();
}

} // namespace residua
