#pragma once
// What a row of results holds: its values, and a check sum that tells a damaged or misplaced one.

#include "engine/store/sqlite.hpp"

#include <optional>
#include <string>
#include <vector>

namespace residua {

/// Hash of a key: the texts that name a series, or a text.
uint64_t key_hash(const std::string& key);

/// The check sum of the values of one text of a series, within 32 bits.
int64_t result_guard(uint64_t series, uint64_t text, const std::vector<double>& values);

/// Values as columns `value` and `guard`, the last two parameters of an INSERT with two keys.
void insert_result(Statement& insert, int64_t series, int64_t text,
                   const std::vector<double>& values, int64_t guard);

/// The values in `column`, as they were inserted; nothing for what was never a result.
std::optional<std::vector<double>> read_result(const Statement& select, int column);

} // namespace residua
