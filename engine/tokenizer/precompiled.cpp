#include "engine/tokenizer/precompiled.hpp"

#include "engine/interrupt.hpp"
#include "engine/tokenizer/base64.hpp"
#include "engine/tokenizer/charsmap.hpp"
#include "engine/tokenizer/code_points.hpp"
#include "engine/tokenizer/growth.hpp"
#include "engine/tokenizer/unicode.hpp"

namespace residua::tokenizer {

namespace {

constexpr std::size_t kLongCluster = 6; // bytes

class Precompiled : public Normalizer {
 public:
  explicit Precompiled(Charsmap table) : table_(std::move(table)) {}

  std::string normalize(std::string text) const override {
    std::string out;
    out.reserve(text.size());
    const std::string_view whole = text;
    std::size_t from = 0, clusters = 0;
    for (const std::size_t end : unicode::cluster_ends(text)) {
      append_cluster(whole.substr(from, end - from), out);
      from = end;
      if (++clusters % 4096 == 0)
        interrupt::poll();
    }
    return out;
  }

 private:
  void append_cluster(std::string_view cluster, std::string& out) const {
    if (cluster.size() < kLongCluster)
      if (const auto replacement = table_.shortest(cluster))
        return append(replacement->text, out);
    for (std::size_t at = 0; at < cluster.size();) {
      const auto character =
          cluster.substr(at, code_points::length(static_cast<unsigned char>(cluster[at])));
      const auto replacement = table_.shortest(character);
      append(replacement ? replacement->text : character, out);
      at += character.size();
    }
  }

  static void append(std::string_view text, std::string& out) {
    check_growth(out.size() + text.size());
    out += text;
  }

  Charsmap table_;
};

} // namespace

std::unique_ptr<const Normalizer> make_precompiled(const Field& field) {
  const Field table = field.at("precompiled_charsmap");
  const auto bytes = decode_base64(table.text());
  if (!bytes)
    table.fail("is no base64", "download or write the file again");
  return std::make_unique<Precompiled>(Charsmap(*bytes, table.place()));
}

} // namespace residua::tokenizer
