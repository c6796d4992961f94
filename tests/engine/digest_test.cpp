// Digests: the vectors that xxHash publishes for XXH3, 128 bit, and fields that cannot run into
// each other.

#include "tests/support/catch.hpp"

#include "engine/digest.hpp"

#include <cstdint>
#include <set>

using namespace residua;

// The buffer of xxHash's own sanity check.
static std::string sanity_buffer(std::size_t size) {
  std::string buffer;
  std::uint64_t generator = 2654435761U;
  for (std::size_t i = 0; i < size; ++i) {
    buffer += static_cast<char>(generator >> 56);
    generator *= 11400714785074694797U;
  }
  return buffer;
}

TEST_CASE("raw bytes give XXH3-128", "[digest]") {
  const auto of = [](const std::string& text) {
    return Digest().bytes(text.data(), text.size()).hex();
  };
  CHECK(of("") == "99aa06d3014798d86001c324468d497f");
  CHECK(of(sanity_buffer(1)) == "a6cd5e9392000f6ac44bdff4074eecdb");
  CHECK(of(sanity_buffer(6)) == "082afe0b8162d12a3e7039bdda43cfc6");
  CHECK(of(sanity_buffer(12)) == "6e3efd8fc7802b18061a192713f69ad9");
  CHECK(of(sanity_buffer(81)) == "4952f58181ab00425e8bafb9f95fb803");
  CHECK(of(sanity_buffer(403)) == "1b6de21e332dd73dcdeb804d65c6dea4");
  CHECK(of(sanity_buffer(512)) == "18d2d110dcc9bca1617e49599013cb6b");
  CHECK(Digest().hex() == of(""));
}

TEST_CASE("bytes may come in any pieces", "[digest]") {
  const std::string all = sanity_buffer(1000);
  Digest pieces;
  for (std::size_t i = 0; i < all.size(); i += 37)
    pieces.bytes(all.data() + i, std::min<std::size_t>(37, all.size() - i));
  CHECK(pieces.hex() == Digest().bytes(all.data(), all.size()).hex());
}

TEST_CASE("fields keep their borders and types", "[digest]") {
  const std::set<std::string> different = {Digest().hex(),
                                           Digest().add("").hex(),
                                           Digest().add("").add("").hex(),
                                           Digest().add("abc").hex(),
                                           Digest().add("ab").add("c").hex(),
                                           Digest().add("a").add("bc").hex(),
                                           Digest().add(1).hex(),
                                           Digest().add(1.0).hex(),
                                           Digest().add(2).hex(),
                                           Digest().add(1).add(2).hex(),
                                           Digest().add(2).add(1).hex()};
  CHECK(different.size() == 11);
  CHECK(Digest().add(7).hex() == Digest().add(7L).hex());
  CHECK(Digest().add(7).hex() == Digest().add(7LL).hex());
  CHECK(Digest().add("abc").add(2.5).hex() == Digest().add(std::string("abc")).add(2.5).hex());
}
