#pragma once
// Results of requests on disk: what a measure gave for one text under one model. Processes share
// them.

#include "engine/store/numbered.hpp"
#include "engine/store/store_file.hpp"
#include "engine/version.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace residua {

/// Keys are digests (or any text without line breaks); the engine's version is part of each. All
/// functions may be called from any thread.
class ResultStore {
 public:
  using Values = std::vector<double>;

  /// As StoreFile::open, which says what it throws.
  static std::shared_ptr<ResultStore> open(const std::filesystem::path& path);
  explicit ResultStore(std::shared_ptr<StoreFile> file, std::string engine = kVersion,
                       std::chrono::milliseconds interval = std::chrono::seconds(1));
  /// Commits what is left; a warning says if that fails.
  ~ResultStore();
  ResultStore(const ResultStore&) = delete;
  ResultStore& operator=(const ResultStore&) = delete;

  /// [text]: the values known, on disk or not yet, or nothing. Bits are those that were put, but
  /// for those of a NaN. Throws Error for a damaged file.
  std::vector<std::optional<Values>> find(const std::string& measure, const std::string& model,
                                          const std::vector<std::string>& texts);
  /// Remembers the result until a commit, which happens by itself within a second. The first value
  /// that reaches the disk for a key stays.
  void put(const std::string& measure, const std::string& model, const std::string& text,
           Values values);
  /// Writes what was put; when that fails it stays in memory for the next try, with one warning.
  void commit();

  /// Why nothing can be written at the moment (disk full, read-only); empty if it can.
  std::string trouble() const;
  const std::filesystem::path& path() const { return file_->path(); }
  int64_t found() const;   ///< results that `find` gave
  int64_t written() const; ///< results that commits of this object added

 private:
  struct Series {
    std::string measure, model;
    bool operator==(const Series&) const = default;
  };
  struct SeriesHash {
    std::size_t operator()(const Series& series) const;
  };
  using Texts = std::unordered_map<std::string, Values>;
  using Results = std::unordered_map<Series, Texts, SeriesHash>;

  void forget_if_changed();
  uint64_t hash(const Series& series) const;
  void find_on_disk(const Series& series, const std::vector<std::string>& texts,
                    std::vector<std::optional<Values>>& found);
  bool write_pending();
  int64_t write_series(const Series& series, const Texts& texts);
  void complain(const std::string& trouble);
  void start();
  void commit_in_turn(std::stop_token stop);

  mutable std::mutex mutex_; // guards all below
  std::shared_ptr<StoreFile> file_;
  std::string engine_;
  std::chrono::milliseconds interval_;
  Numbered series_, texts_;
  Statement select_, insert_, data_version_;
  int64_t seen_version_ = 0;
  Results pending_;
  std::string trouble_;
  bool complained_ = false;
  int64_t found_ = 0, written_ = 0;
  std::condition_variable_any wake_;
  std::jthread committer_; // last: it stops before the rest goes
};

} // namespace residua
