// config.json: the family, its architecture, and all that follows from that without weights.

#include "engine/model/config.hpp"
#include "engine/model/family.hpp"
#include "engine/model/site.hpp"
#include "engine/model/unsupported.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace residua;
  return fuzz::run(data, size, [](std::string_view text) {
    const Config config = Config::parse(std::string(text), "config.json");
    refuse_quantized(config);
    const Family& family = family_of(config);
    const Architecture architecture = family.describe(config);
    check(architecture, config.origin());
    fuzz::require(!describe(architecture).empty() && !fingerprint(architecture).empty());
    fuzz::require(architecture.windows.empty() ||
                  architecture.windows.size() == static_cast<std::size_t>(architecture.layers));
    fuzz::require(2 * architecture.rope.frequencies.size() <=
                  static_cast<std::size_t>(architecture.head_width));
    for (const ParamSource& param : family.params(architecture))
      for (const int64_t extent : param.shape)
        fuzz::require(extent > 0);
    fuzz::require(all_sites(architecture).size() >= 3);
  });
}
