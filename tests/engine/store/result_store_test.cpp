// Results: what is put is found, by this process and by others; a full disk loses nothing.

#include "tests/support/catch.hpp"

#include "engine/store/result_store.hpp"
#include "engine/store/shared_results.hpp"
#include "tests/engine/text/scratch_folder.hpp"
#include "tests/support/message.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <random>

using namespace residua;
using Values = std::vector<double>;

static constexpr std::chrono::hours kNever{1};

static std::shared_ptr<ResultStore> open(const std::filesystem::path& path,
                                         std::chrono::milliseconds interval = kNever,
                                         const std::string& engine = "1.0") {
  return std::make_shared<ResultStore>(StoreFile::open(path), engine, interval);
}

static std::optional<Values> find_one(ResultStore& store, const std::string& measure,
                                      const std::string& model, const std::string& text) {
  return store.find(measure, model, {text})[0];
}

TEST_CASE("values come back bit by bit, before and after a commit", "[store]") {
  const ScratchFolder folder;
  const double odd = std::bit_cast<double>(0x3ff123456789abcdULL);
  const std::vector<Values> all = {{odd},
                                   {0.0},
                                   {-0.0},
                                   {3},
                                   {1e300},
                                   {-5e-324},
                                   {std::numeric_limits<double>::infinity()},
                                   {},
                                   {1, 2},
                                   {-0.0, odd, 7, 1e-300}};
  const auto check = [&](ResultStore& store) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto found = find_one(store, "loss", "m", std::to_string(i));
      REQUIRE(found);
      REQUIRE(found->size() == all[i].size());
      for (std::size_t j = 0; j < all[i].size(); ++j)
        CHECK(std::bit_cast<uint64_t>((*found)[j]) == std::bit_cast<uint64_t>(all[i][j]));
    }
  };
  {
    const auto store = open(folder.path() / "x");
    for (std::size_t i = 0; i < all.size(); ++i)
      store->put("loss", "m", std::to_string(i), all[i]);
    check(*store);
    CHECK(store->written() == 0);
    store->commit();
    CHECK(store->written() == 10);
    check(*store);
    CHECK(store->found() == 20);
  }
  check(*open(folder.path() / "x"));
}

TEST_CASE("NaN stays NaN, alone and among others", "[store]") {
  const ScratchFolder folder;
  const auto store = open(folder.path() / "x");
  const double nan = std::bit_cast<double>(0xfff8000000000123ULL);
  store->put("loss", "m", "a", {nan});
  store->put("loss", "m", "b", {nan, 2});
  store->commit();
  CHECK(std::isnan(find_one(*store, "loss", "m", "a")->at(0)));
  CHECK(std::isnan(find_one(*store, "loss", "m", "b")->at(0)));
  CHECK(find_one(*store, "loss", "m", "b")->at(1) == 2);
}

TEST_CASE("measure, model, text and engine version tell results apart", "[store]") {
  const ScratchFolder folder;
  double value = 0;
  for (const char* measure : {"loss", "entropy"})
    for (const char* model : {"m", "n"})
      for (const char* text : {"a", "b"})
        open(folder.path() / "x")->put(measure, model, text, {value++});
  const auto store = open(folder.path() / "x");
  CHECK(find_one(*store, "loss", "m", "a") == Values{0});
  CHECK(find_one(*store, "loss", "n", "b") == Values{3});
  CHECK(find_one(*store, "entropy", "m", "b") == Values{5});
  CHECK(!find_one(*store, "loss", "o", "a"));
  CHECK(!find_one(*store, "loss", "m", "c"));
  CHECK(!find_one(*open(folder.path() / "x", kNever, "1.1"), "loss", "m", "a"));
  CHECK(store->find("loss", "m", {}).empty());
}

TEST_CASE("the first value of a key stays", "[store]") {
  const ScratchFolder folder;
  const auto first = open(folder.path() / "x"), second = open(folder.path() / "x");
  first->put("loss", "m", "a", {1});
  second->put("loss", "m", "a", {2});
  first->commit();
  second->commit();
  CHECK(second->written() == 0);
  CHECK(find_one(*second, "loss", "m", "a") == Values{1});
}

TEST_CASE("results reach the disk by themselves", "[store]") {
  const ScratchFolder folder;
  const auto store = open(folder.path() / "x", std::chrono::milliseconds(20));
  const auto reader = open(folder.path() / "x");
  for (int round = 0; round < 2; ++round) {
    const std::string text = std::to_string(round);
    store->put("loss", "m", text, {1});
    for (int i = 0; i < 1000 && !find_one(*reader, "loss", "m", text); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(find_one(*reader, "loss", "m", text));
  }
}

TEST_CASE("two stores on one file see each other's results", "[store]") {
  const ScratchFolder folder;
  const std::shared_ptr<ResultStore> stores[] = {open(folder.path() / "x"),
                                                 open(folder.path() / "x")};
  std::mt19937 random(2);
  for (int i = 0; i < 200; ++i) {
    ResultStore& writer = *stores[random() % 2];
    const std::string model = std::to_string(random() % 7), text = std::to_string(random() % 31);
    writer.put("loss", model, text, {std::stod(model) * 100 + std::stod(text)});
    if (random() % 3 != 0)
      continue;
    stores[0]->commit();
    stores[1]->commit();
    CHECK(find_one(*stores[0], "loss", model, text) == find_one(*stores[1], "loss", model, text));
  }
  stores[0]->commit();
  stores[1]->commit();
  for (int model = 0; model < 7; ++model)
    for (int text = 0; text < 31; ++text)
      if (const auto found =
              find_one(*stores[0], "loss", std::to_string(model), std::to_string(text)))
        CHECK(*found == Values{model * 100.0 + text});
}

// The tables are emptied and filled by another connection: numbers are given anew.
TEST_CASE("numbers of another connection's time are not used", "[store]") {
  const ScratchFolder folder;
  const auto store = open(folder.path() / "x");
  store->put("loss", "m", "a", {1});
  store->put("loss", "m", "b", {2});
  store->commit();
  StoreFile::open(folder.path() / "x")
      ->database()
      .run("DELETE FROM results; DELETE FROM series; DELETE FROM texts");
  const auto other = open(folder.path() / "x");
  other->put("loss", "n", "b", {3});
  other->commit();
  CHECK(!find_one(*store, "loss", "m", "a"));
  store->put("loss", "m", "a", {1});
  store->commit();
  CHECK(find_one(*other, "loss", "m", "a") == Values{1});
  CHECK(find_one(*other, "loss", "n", "b") == Values{3});
  CHECK(!find_one(*other, "loss", "n", "a"));
}

TEST_CASE("a full disk loses nothing", "[store]") {
  const ScratchFolder folder;
  const auto path = folder.path() / "x";
  const auto file = StoreFile::open(path);
  file->database().run("PRAGMA max_page_count = 20");
  const auto store = std::make_shared<ResultStore>(file, "1.0", kNever);
  store->put("loss", "m", "early", {1});
  store->commit();
  CHECK(store->trouble().empty());
  std::vector<std::string> texts;
  for (int i = 0; i < 5000; ++i) {
    texts.push_back(cat("text", i));
    store->put("loss", "m", texts.back(), {0.25 * i});
  }
  for (int i = 0; i < 3; ++i)
    store->commit();
  CHECK(store->trouble() == path.string() + ": the disk is full; free some space");
  CHECK(find_one(*store, "loss", "m", "early") == Values{1});
  CHECK(find_one(*store, "loss", "m", "text4999") == Values{0.25 * 4999});
  CHECK(!find_one(*open(path), "loss", "m", "text0")); // all of a commit or nothing
  file->database().run("PRAGMA max_page_count = 100000");
  store->commit();
  CHECK(store->trouble().empty());
  const auto found = open(path)->find("loss", "m", texts);
  for (int i = 0; i < 5000; ++i)
    CHECK(found[i] == Values{0.25 * i});
  CHECK(file->database().integer("SELECT count(*) FROM pragma_integrity_check WHERE "
                                 "integrity_check = 'ok'") == 1);
}

TEST_CASE("a lock that lasts is trouble that ends", "[store]") {
  const ScratchFolder folder;
  const auto path = folder.path() / "x";
  const auto file = StoreFile::open(path);
  file->database().run("PRAGMA busy_timeout = 1");
  const auto store = std::make_shared<ResultStore>(file, "1.0", kNever);
  store->put("loss", "m", "a", {1});
  {
    const auto other = StoreFile::open(path);
    const Transaction lock(other->database(), Transaction::Kind::write);
    store->commit();
    CHECK(store->trouble() ==
          path.string() + ": another process keeps it locked; wait for that process to end");
  }
  store->commit();
  CHECK(store->trouble().empty());
  CHECK(store->written() == 1);
}

TEST_CASE("the shared store is the one chosen", "[store]") {
  const ScratchFolder folder;
  CHECK(!shared_results());
  choose_store(folder.path() / "x");
  CHECK(chosen_store() == folder.path() / "x");
  const auto results = shared_results();
  REQUIRE(results);
  CHECK(results == shared_results());
  CHECK(results->path() == folder.path() / "x");
  choose_store(folder.write("text", "no store"));
  CHECK(!shared_results()); // one warning
  CHECK(!shared_results());
  choose_store(std::nullopt);
  CHECK(!shared_results());
}
