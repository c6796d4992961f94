#include "engine/store/result_store.hpp"

#include "engine/store/result_value.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace residua {

static constexpr char kSelectSeries[] =
    "SELECT id FROM series WHERE model = ?1 AND measure = ?2 AND engine = ?3";
static constexpr char kInsertSeries[] = "INSERT INTO series (model, measure, engine, made) "
                                        "VALUES (?1, ?2, ?3, CAST(strftime('%s') AS INTEGER))";
static constexpr char kSelectText[] = "SELECT id FROM texts WHERE digest = ?1";
static constexpr char kInsertText[] = "INSERT INTO texts (digest) VALUES (?1)";
static constexpr char kSelect[] =
    "SELECT value, guard FROM results WHERE series = ?1 AND text = ?2";
static constexpr char kInsert[] =
    "INSERT OR IGNORE INTO results (series, text, value, guard) VALUES (?1, ?2, ?3, ?4)";

std::size_t ResultStore::SeriesHash::operator()(const Series& series) const {
  return std::hash<std::string>()(series.measure) ^ 31 * std::hash<std::string>()(series.model);
}

std::shared_ptr<ResultStore> ResultStore::open(const std::filesystem::path& path) {
  const auto file = StoreFile::open(path);
  try {
    return std::make_shared<ResultStore>(file);
  } catch (const SqliteError& error) {
    throw file->explain(error);
  }
}

ResultStore::ResultStore(std::shared_ptr<StoreFile> file, std::string engine,
                         std::chrono::milliseconds interval)
    : file_(std::move(file)), engine_(std::move(engine)), interval_(interval),
      series_(file_->database(), kSelectSeries, kInsertSeries),
      texts_(file_->database(), kSelectText, kInsertText), select_(file_->database(), kSelect),
      insert_(file_->database(), kInsert), data_version_(file_->database(), "PRAGMA data_version"),
      trouble_(file_->read_only()) {}

ResultStore::~ResultStore() {
  committer_ = {}; // stops and joins
  const std::lock_guard lock(mutex_);
  std::size_t left = 0;
  if (!pending_.empty() && !write_pending())
    for (const auto& [series, texts] : pending_)
      left += texts.size();
  if (left > 0)
    std::fprintf(stderr, "warning: %zu results were not stored: %s\n", left, trouble_.c_str());
}

// Another connection may have pruned: numbers from before are void then. Inside a transaction.
void ResultStore::forget_if_changed() {
  data_version_.reset();
  data_version_.step();
  const int64_t version = data_version_.integer(0);
  data_version_.reset();
  if (version != seen_version_) {
    series_.forget();
    texts_.forget();
  }
  seen_version_ = version;
}

uint64_t ResultStore::hash(const Series& series) const {
  return key_hash(cat(series.model, '\n', series.measure, '\n', engine_));
}

void ResultStore::find_on_disk(const Series& series, const std::vector<std::string>& texts,
                               std::vector<std::optional<Values>>& found) {
  const Transaction transaction(file_->database(), Transaction::Kind::read);
  forget_if_changed();
  const auto number = series_.find(series.model, series.measure, engine_);
  const uint64_t series_hash = hash(series);
  for (std::size_t i = 0; number && i < texts.size(); ++i) {
    const auto text = texts_.find(texts[i]);
    if (!text || !select_.bind(*number, *text).step())
      continue;
    found[i] = read_result(select_, 0);
    const int64_t guard = select_.integer(1);
    select_.reset();
    if (!found[i] || result_guard(series_hash, key_hash(texts[i]), *found[i]) != guard)
      throw file_->damaged(cat("the result of text ", texts[i], " is not what was stored"));
  }
}

std::vector<std::optional<ResultStore::Values>>
ResultStore::find(const std::string& measure, const std::string& model,
                  const std::vector<std::string>& texts) {
  const std::lock_guard lock(mutex_);
  std::vector<std::optional<Values>> found(texts.size());
  const Series series{measure, model};
  try {
    find_on_disk(series, texts, found);
  } catch (const SqliteError& error) {
    throw file_->explain(error);
  }
  file_->check_unchanged();
  const auto waiting = pending_.find(series);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (!found[i] && waiting != pending_.end())
      if (const auto put = waiting->second.find(texts[i]); put != waiting->second.end())
        found[i] = put->second;
    found_ += found[i].has_value();
  }
  return found;
}

void ResultStore::put(const std::string& measure, const std::string& model, const std::string& text,
                      Values values) {
  const std::lock_guard lock(mutex_);
  if (!file_->read_only().empty())
    return complain(trouble_);
  const bool first = pending_.empty();
  pending_[{measure, model}].try_emplace(text, std::move(values));
  if (first)
    start();
}

void ResultStore::commit() {
  const std::lock_guard lock(mutex_);
  if (!pending_.empty())
    write_pending();
}

// One transaction: all or nothing.
bool ResultStore::write_pending() {
  try {
    Transaction transaction(file_->database(), Transaction::Kind::write);
    forget_if_changed();
    int64_t added = 0;
    for (const auto& [series, texts] : pending_)
      added += write_series(series, texts);
    transaction.commit();
    written_ += added;
    pending_.clear();
    trouble_.clear();
    return true;
  } catch (const SqliteError& error) {
    insert_.reset();
    series_.forget(); // numbers made in vain
    texts_.forget();
    complain(file_->explain(error).what());
    return false;
  }
}

// Rows in the order of the table's key: pages of the tree fill one after the other.
int64_t ResultStore::write_series(const Series& series, const Texts& texts) {
  const int64_t number = series_.make(series.model, series.measure, engine_);
  const uint64_t series_hash = hash(series);
  std::vector<std::pair<int64_t, const Texts::value_type*>> rows;
  rows.reserve(texts.size());
  for (const auto& row : texts)
    rows.emplace_back(texts_.make(row.first), &row);
  std::sort(rows.begin(), rows.end());
  int64_t added = 0;
  for (const auto& [text, row] : rows) {
    const int64_t guard = result_guard(series_hash, key_hash(row->first), row->second);
    insert_result(insert_, number, text, row->second, guard);
    added += file_->database().changes();
  }
  return added;
}

void ResultStore::complain(const std::string& trouble) {
  trouble_ = trouble;
  if (!complained_)
    std::fprintf(stderr, "warning: %s; the run goes on, new results are not on disk\n",
                 trouble.c_str());
  complained_ = true;
}

// The committer begins with the first result. Signals are for the threads that wait for them.
void ResultStore::start() {
  if (!committer_.joinable()) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    committer_ = std::jthread([this](std::stop_token stop) { commit_in_turn(std::move(stop)); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  wake_.notify_one();
}

// Waits for a result, gathers for an interval, writes; after a failure it waits longer each time.
void ResultStore::commit_in_turn(std::stop_token stop) {
  constexpr int kLongest = 64;
  std::unique_lock lock(mutex_);
  int intervals = 1;
  while (wake_.wait(lock, stop, [this] { return !pending_.empty(); })) {
    wake_.wait_for(lock, stop, intervals * interval_, [] { return false; });
    if (stop.stop_requested())
      return; // the destructor writes the rest
    const bool written = pending_.empty() || write_pending();
    intervals = written ? 1 : std::min(2 * intervals, kLongest);
  }
}

std::string ResultStore::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

int64_t ResultStore::found() const {
  const std::lock_guard lock(mutex_);
  return found_;
}

int64_t ResultStore::written() const {
  const std::lock_guard lock(mutex_);
  return written_;
}

} // namespace residua
