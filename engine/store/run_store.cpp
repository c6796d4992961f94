#include "engine/store/run_store.hpp"

namespace residua {

// Runs `action` on the database; failures name the file.
template <class Action> static auto guarded(const StoreFile& file, const Action& action) {
  try {
    return action(file.database());
  } catch (const SqliteError& error) {
    throw file.explain(error);
  }
}

static void require_writable(const StoreFile& file) {
  if (!file.read_only().empty())
    throw Error(file.read_only());
}

std::shared_ptr<RunStore> RunStore::open(const std::filesystem::path& path) {
  return std::make_shared<RunStore>(StoreFile::open(path));
}

static bool has_run(const Database& database, const std::string& id) {
  Statement select(database, "SELECT 1 FROM runs WHERE id = ?1");
  return select.bind(id).step();
}

std::string RunStore::add(Run run) {
  require_writable(*file_);
  return guarded(*file_, [&](const Database& database) {
    Transaction transaction(database, Transaction::Kind::write);
    const std::string stem = run.id;
    for (int count = 2; has_run(database, run.id); ++count)
      run.id = cat(stem, '-', count);
    Statement insert(database, "INSERT INTO runs (id, kind, name, title, started, seconds, status,"
                               " summary, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    insert.bind(run.id, run.kind, run.name, run.title, run.started, run.seconds, run.status,
                run.summary, run.record);
    insert.execute();
    transaction.commit();
    return run.id;
  });
}

static constexpr char kColumns[] = "id, kind, name, title, started, seconds, status, summary";

static Run read_run(const Statement& row) {
  const auto text = [&](int column) { return std::string(row.text(column)); };
  return {text(0), text(1), text(2), text(3), text(4), row.real(5), text(6), text(7), ""};
}

std::vector<Run> RunStore::runs() const {
  return guarded(*file_, [](const Database& database) {
    std::vector<Run> runs;
    Statement select(database, cat("SELECT ", kColumns, " FROM runs ORDER BY started, number"));
    while (select.step())
      runs.push_back(read_run(select));
    return runs;
  });
}

std::optional<Run> RunStore::find(const std::string& id) const {
  return guarded(*file_, [&](const Database& database) -> std::optional<Run> {
    Statement select(database, cat("SELECT ", kColumns, ", record FROM runs WHERE id = ?1"));
    if (!select.bind(id).step())
      return std::nullopt;
    Run run = read_run(select);
    run.record = select.text(8);
    return run;
  });
}

int64_t RunStore::remove(const std::vector<std::string>& ids) {
  require_writable(*file_);
  return guarded(*file_, [&](const Database& database) {
    Transaction transaction(database, Transaction::Kind::write);
    Statement erase(database, "DELETE FROM runs WHERE id = ?1");
    int64_t removed = 0;
    for (const std::string& id : ids) {
      erase.bind(id).execute();
      removed += database.changes();
    }
    transaction.commit();
    return removed;
  });
}

std::vector<ResultCount> RunStore::results() const {
  return guarded(*file_, [](const Database& database) {
    std::vector<ResultCount> counts;
    Statement select(database,
                     "SELECT engine, count(*), sum((SELECT count(*) FROM results WHERE"
                     " results.series = series.id)) FROM series GROUP BY engine ORDER BY engine");
    while (select.step())
      counts.push_back({std::string(select.text(0)), select.integer(1), select.integer(2)});
    return counts;
  });
}

// The series that `stale` means, as a query with three parameters.
static constexpr char kStale[] =
    "(SELECT id FROM series WHERE ?1 OR (?2 <> '' AND engine <> ?2) OR made < ?3)";

static Statement& bind_stale(Statement& statement, const StaleResults& stale,
                             const std::string& other_than) {
  return statement.bind(int64_t{stale.all}, other_than, stale.before.value_or(INT64_MIN));
}

static int64_t count_stale(const Database& database, const StaleResults& stale) {
  Statement select(database, cat("SELECT count(*) FROM results WHERE series IN ", kStale));
  const std::string other_than = stale.other_than.value_or("");
  return bind_stale(select, stale, other_than).step() ? select.integer(0) : 0;
}

int64_t RunStore::count(const StaleResults& stale) const {
  return guarded(*file_, [&](const Database& database) { return count_stale(database, stale); });
}

// Gives the space of deleted rows back; another process that reads may prevent it, which is no
// loss.
static void shrink(const Database& database) {
  try {
    database.run("VACUUM");
  } catch (const SqliteError&) {
  }
}

int64_t RunStore::prune(const StaleResults& stale) {
  require_writable(*file_);
  return guarded(*file_, [&](const Database& database) {
    const std::string other_than = stale.other_than.value_or("");
    Transaction transaction(database, Transaction::Kind::write);
    const int64_t pruned = count_stale(database, stale);
    Statement results(database, cat("DELETE FROM results WHERE series IN ", kStale));
    bind_stale(results, stale, other_than).execute();
    Statement series(database, cat("DELETE FROM series WHERE id IN ", kStale));
    bind_stale(series, stale, other_than).execute();
    database.run("DELETE FROM texts WHERE id NOT IN (SELECT text FROM results)");
    transaction.commit();
    shrink(database);
    return pruned;
  });
}

} // namespace residua
