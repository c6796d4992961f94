#pragma once
// What a store holds besides single results: records of runs; and what can be pruned.

#include "engine/store/store_file.hpp"

#include <optional>
#include <vector>

namespace residua {

/// The record of one run.
struct Run {
  std::string id;   ///< "20261123T101112-T-004": sorts by time
  std::string kind; ///< "experiment"
  std::string name; ///< of the experiment, "T-004"
  std::string title;
  std::string started; ///< "2026-11-23T10:11:12Z"
  double seconds = 0;
  std::string status;  ///< "done"
  std::string summary; ///< JSON
  std::string record;  ///< JSON, which may be long; lists leave it out
};

/// Results by engine version.
struct ResultCount {
  std::string engine;
  int64_t series = 0; ///< pairs of a measure and a model
  int64_t results = 0;
};

/// Which results to prune: those for which any of the conditions holds.
struct StaleResults {
  bool all = false;
  std::optional<std::string> other_than; ///< an engine version
  std::optional<int64_t> before;         ///< series made before [s since 1970]
};

/// All functions throw Error that names the file.
class RunStore {
 public:
  static std::shared_ptr<RunStore> open(const std::filesystem::path& path);
  explicit RunStore(std::shared_ptr<StoreFile> file) : file_(std::move(file)) {}

  /// Adds a run; where its id is taken, "-2", "-3" ... follow it. Returns the id.
  std::string add(Run run);
  /// All runs without their records, oldest first.
  std::vector<Run> runs() const;
  /// With its record.
  std::optional<Run> find(const std::string& id) const;
  /// Returns how many there were.
  int64_t remove(const std::vector<std::string>& ids);

  std::vector<ResultCount> results() const;
  int64_t count(const StaleResults& stale) const;
  /// Deletes results, then gives the space back. Returns how many there were.
  int64_t prune(const StaleResults& stale);

  const StoreFile& file() const { return *file_; }

 private:
  std::shared_ptr<StoreFile> file_;
};

} // namespace residua
