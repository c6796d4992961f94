#include "engine/store/result_value.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <sqlite3.h>
#include <xxhash.h>

namespace residua {

static_assert(std::endian::native == std::endian::little, "stores hold little-endian doubles");

uint64_t key_hash(const std::string& key) {
  return XXH3_64bits(key.data(), key.size());
}

int64_t result_guard(uint64_t series, uint64_t text, const std::vector<double>& values) {
  std::vector<double> same = values; // one NaN for all: SQLite keeps no other
  for (double& value : same)
    value = std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value;
  const uint64_t seed = series ^ std::rotl(text, 32);
  const uint64_t hash = XXH3_64bits_withSeed(same.data(), same.size() * sizeof(double), seed);
  return static_cast<int32_t>(hash >> 32);
}

void insert_result(Statement& insert, int64_t series, int64_t text,
                   const std::vector<double>& values, int64_t guard) {
  if (values.size() == 1)
    insert.bind(series, text, values[0], guard);
  else
    insert.bind(series, text, std::as_bytes(std::span(values)), guard);
  insert.execute();
}

std::optional<std::vector<double>> read_result(const Statement& select, int column) {
  switch (select.type(column)) {
    case SQLITE_FLOAT:
      return std::vector{select.real(column)};
    case SQLITE_NULL:
      return std::vector{std::numeric_limits<double>::quiet_NaN()};
    case SQLITE_BLOB: {
      const std::string_view bytes = select.text(column);
      std::vector<double> values(bytes.size() / sizeof(double));
      if (bytes.size() % sizeof(double) != 0 || values.size() == 1)
        return std::nullopt;
      if (!values.empty())
        std::memcpy(values.data(), bytes.data(), bytes.size());
      return values;
    }
    default:
      return std::nullopt;
  }
}

} // namespace residua
