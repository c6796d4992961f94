// Records of runs, and pruning.

#include "tests/support/catch.hpp"

#include "engine/store/result_store.hpp"
#include "engine/store/run_store.hpp"
#include "tests/engine/store/unprivileged.hpp"
#include "tests/engine/text/scratch_folder.hpp"
#include "tests/support/message.hpp"

using namespace residua;

static Run sample(const std::string& id, const std::string& started) {
  return {id,          "experiment",        "T-004", "Title", started, 1.5, "done",
          "{\"a\":1}", "{\"b\":\"\u00fc\"}"};
}

TEST_CASE("runs are added, listed by time, found and removed", "[store]") {
  const ScratchFolder folder;
  const auto store = RunStore::open(folder.path() / "x");
  CHECK(store->runs().empty());
  CHECK(store->add(sample("2-T-004", "2026-02-01T00:00:00Z")) == "2-T-004");
  CHECK(store->add(sample("1-T-004", "2026-01-01T00:00:00Z")) == "1-T-004");
  CHECK(store->add(sample("2-T-004", "2026-02-01T00:00:00Z")) == "2-T-004-2");
  CHECK(store->add(sample("2-T-004", "2026-02-01T00:00:00Z")) == "2-T-004-3");
  std::vector<std::string> ids;
  for (const Run& run : store->runs()) {
    ids.push_back(run.id);
    CHECK(run.record.empty());
    CHECK(run.summary == "{\"a\":1}");
  }
  CHECK(ids == std::vector<std::string>{"1-T-004", "2-T-004", "2-T-004-2", "2-T-004-3"});
  const Run found = RunStore::open(folder.path() / "x")->find("1-T-004").value();
  CHECK(found.name == "T-004");
  CHECK(found.title == "Title");
  CHECK(found.started == "2026-01-01T00:00:00Z");
  CHECK(found.seconds == 1.5);
  CHECK(found.status == "done");
  CHECK(found.record == "{\"b\":\"\u00fc\"}");
  CHECK(!store->find("1-T-00"));
  CHECK(store->remove({"2-T-004", "nothing", "1-T-004"}) == 2);
  CHECK(store->runs().size() == 2);
}

static StaleResults all() {
  return {true, {}, {}};
}
static StaleResults other_than(const std::string& engine) {
  return {false, engine, {}};
}
static StaleResults before(int64_t time) {
  return {false, {}, time};
}

static void fill(const std::filesystem::path& path, const std::string& engine, int count) {
  ResultStore results(StoreFile::open(path), engine);
  for (int i = 0; i < count; ++i)
    results.put("loss", cat("m", i % 2), cat("text", engine, i), {1.0 * i});
}

TEST_CASE("results are counted and pruned by engine version, age, or all", "[store]") {
  const ScratchFolder folder;
  const auto path = folder.path() / "x";
  fill(path, "0.9", 7);
  fill(path, "1.0", 5);
  const auto store = RunStore::open(path);
  const auto counts = store->results();
  REQUIRE(counts.size() == 2);
  CHECK(counts[0].engine == "0.9");
  CHECK(counts[0].series == 2);
  CHECK(counts[0].results == 7);
  CHECK(counts[1].results == 5);
  CHECK(store->count({}) == 0);
  CHECK(store->count(other_than("1.0")) == 7);
  CHECK(store->count(before(0)) == 0);
  CHECK(store->count(before(4102444800)) == 12); // the year 2100
  CHECK(store->count(all()) == 12);
  CHECK(store->prune(other_than("1.0")) == 7);
  CHECK(store->results().size() == 1);
  CHECK(store->file().database().integer("SELECT count(*) FROM texts") == 5);
  ResultStore results(StoreFile::open(path), "1.0");
  CHECK(results.find("loss", "m0", {"text1.04"})[0] == std::vector{4.0});
  CHECK(store->prune(all()) == 5);
  CHECK(!results.find("loss", "m0", {"text1.04"})[0]);
  results.put("loss", "m0", "text1.04", {4});
  results.commit();
  CHECK(results.find("loss", "m0", {"text1.04"})[0] == std::vector{4.0});
}

TEST_CASE("nothing is added to or deleted from a read-only store", "[store]") {
  const ScratchFolder folder;
  const auto path = folder.path() / "x";
  RunStore::open(path)->add(sample("1-T-004", "2026-01-01T00:00:00Z"));
  allow(folder.path(), true);
  allow(path, false);
  const Unprivileged nobody;
  const auto store = RunStore::open(path);
  const std::string message =
      path.string() + ": is read-only; check its permissions and those of its folder";
  CHECK(message_of([&] { store->add(sample("2", "")); }) == message);
  CHECK(message_of([&] { store->remove({"1-T-004"}); }) == message);
  CHECK(message_of([&] { store->prune(all()); }) == message);
  CHECK(store->runs().size() == 1);
}
