#pragma once
// The store that the runs of this process share. The host chooses it; without a host there is none.

#include "engine/store/result_store.hpp"

namespace residua {

/// Chooses the store, or none. What the one before still held is committed.
void choose_store(std::optional<std::filesystem::path> path);

/// The path chosen.
std::optional<std::filesystem::path> chosen_store();

/// The results of the store chosen, opened by the first call. Null where none was chosen, and with
/// one warning where it cannot be opened: a run goes on without a store.
std::shared_ptr<ResultStore> shared_results();

} // namespace residua
