// What may lie at the path of a store: nothing, a store, a newer one, a damaged one, something
// foreign.

#include "tests/support/catch.hpp"

#include "engine/file.hpp"
#include "engine/store/result_store.hpp"
#include "tests/engine/store/unprivileged.hpp"
#include "tests/engine/text/scratch_folder.hpp"
#include "tests/support/message.hpp"

#include <random>
#include <set>
#include <thread>

using namespace residua;
namespace fs = std::filesystem;

static const std::string kElsewhere = "; move it away, or name another store in RESIDUA_STORE";

// A closed store with the values 0 ... count - 1.
static fs::path make_store(const fs::path& path, int count = 3) {
  const auto store = ResultStore::open(path);
  for (int i = 0; i < count; ++i)
    store->put("loss", "model", "text" + std::to_string(i), {i + 0.5});
  return path;
}

static std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.insert(entry.path().filename().string());
  return names;
}

TEST_CASE("a store is made with its folders and opened again", "[store]") {
  const ScratchFolder folder;
  const auto path = make_store(folder.path() / "a" / "b" / "results.sqlite");
  CHECK(names_in(path.parent_path()) == std::set<std::string>{"results.sqlite"});
  const auto file = StoreFile::open(path);
  CHECK(file->read_only().empty());
  CHECK(file->database().integer("PRAGMA application_id") == 0x52455349);
  CHECK(file->database().integer("PRAGMA user_version") == 1);
  CHECK(file->database().integer("SELECT count(*) FROM readable") == 3);
}

TEST_CASE("an empty file becomes a store", "[store]") {
  const ScratchFolder folder;
  const auto path = make_store(folder.write("x", ""));
  CHECK(ResultStore::open(path)->find("loss", "model", {"text1"})[0] == std::vector{1.5});
}

TEST_CASE("names that mean something to SQLite or in a URI are names", "[store]") {
  const ScratchFolder folder;
  for (const char* name : {":memory:", "file:x?mode=ro", "50% #1?.sqlite"}) {
    const auto path = make_store(folder.path() / name);
    CHECK(fs::exists(path));
    CHECK(ResultStore::open(path)->find("loss", "model", {"text2"})[0] == std::vector{2.5});
  }
}

TEST_CASE("foreign files are told and not touched", "[store]") {
  const ScratchFolder folder;
  const auto refused = [&](const fs::path& path, const std::string& why) {
    const std::string before = read_file(path);
    CHECK(message_of([&] { StoreFile::open(path); }) == path.string() + ": " + why + kElsewhere);
    CHECK(read_file(path) == before);
  };
  const std::string no_store = "no store, or a damaged one (not an SQLite database)";
  refused(folder.write("text", "shopping list\n"), no_store);
  refused(folder.write("long", std::string(5000, 'x')), no_store);
  refused(folder.write("short", "SQLite format 3"), no_store);
  const auto other = folder.path() / "other";
  Database(other.string(), Database::Mode::write).run("CREATE TABLE photos (name)");
  refused(other, "an SQLite database of another program, not a store");
  CHECK(names_in(folder.path()) == std::set<std::string>{"text", "long", "short", "other"});
  CHECK(message_of([&] { StoreFile::open(folder.path()); }) ==
        folder.path().string() + ": not a regular file; name a file in RESIDUA_STORE");
  CHECK_THAT(message_of([&] { StoreFile::open(folder.path() / "text" / "x"); }),
             Catch::StartsWith((folder.path() / "text" / "x").string() +
                               ": its folder cannot be made: Not a directory; name another store"));
}

TEST_CASE("a store of a newer version is told and not touched", "[store]") {
  const ScratchFolder folder;
  const auto path = make_store(folder.path() / "x");
  StoreFile::open(path)->database().run("PRAGMA user_version = 2");
  const std::string before = read_file(path);
  CHECK(message_of([&] { StoreFile::open(path); }) ==
        path.string() + ": store of a newer Residua (store version 2, this one reads 1); update "
                        "Residua, or name another store in RESIDUA_STORE");
  CHECK(read_file(path) == before);
}

TEST_CASE("read-only files and folders are read", "[store]") {
  const ScratchFolder folder;
  const auto path = make_store(folder.path() / "x");
  const bool folder_too = GENERATE(false, true);
  allow(path, folder_too);
  allow(folder.path(), !folder_too);
  {
    const Unprivileged nobody;
    const auto store = ResultStore::open(path);
    CHECK(store->trouble() ==
          path.string() + ": is read-only; check its permissions and those of its folder");
    CHECK(store->find("loss", "model", {"text1", "text9"})[0] == std::vector{1.5});
    store->put("loss", "model", "text9", {9}); // one warning, no failure
    store->commit();
    CHECK(!store->find("loss", "model", {"text9"})[0]);
    CHECK(message_of([&] {
            StoreFile::open(path.parent_path() / "new");
          }).starts_with((path.parent_path() / "new").string() + ": ") == folder_too);
  }
  allow(folder.path(), true);
}

TEST_CASE("a store without locks notices that others write", "[store]") {
  const ScratchFolder folder;
  const auto path = make_store(folder.path() / "x");
  allow(path, true);
  allow(folder.path(), false);
  std::shared_ptr<ResultStore> frozen;
  {
    const Unprivileged nobody;
    frozen = ResultStore::open(path);
  }
  allow(folder.path(), true);
  const auto writer = ResultStore::open(path);
  writer->put("loss", "model", "text9", {9});
  writer->commit();
  CHECK(message_of([&] { frozen->find("loss", "model", {"text1"}); }) ==
        path.string() + ": written by another process while it was read without locks; start "
                        "again, or give write permission on its folder");
}

// Every outcome is the right value, a missing one, or an Error that names the file.
TEST_CASE("overwritten bytes never give a wrong value", "[store]") {
  const ScratchFolder folder;
  constexpr int kCount = 400;
  const std::string whole = read_file(make_store(folder.path() / "x", kCount));
  std::vector<std::string> texts;
  for (int i = 0; i < kCount; ++i)
    texts.push_back("text" + std::to_string(i));
  std::mt19937 random(1);
  int told = 0, wrong = 0;
  for (int round = 0; round < 150; ++round) {
    std::string bytes = whole;
    const std::size_t first = random() % bytes.size();
    const std::size_t size = std::min<std::size_t>(bytes.size() - first, 1 + random() % 3000);
    for (std::size_t i = first; i < first + size; ++i)
      bytes[i] = round % 2 ? '\0' : static_cast<char>(random());
    const auto path = folder.write("y", bytes);
    std::vector<std::optional<std::vector<double>>> found;
    const std::string message =
        message_of([&] { found = ResultStore::open(path)->find("loss", "model", texts); });
    told += message.starts_with(path.string() + ": ");
    CHECK((message == "no error" || message.starts_with(path.string() + ": ")));
    for (std::size_t i = 0; i < found.size(); ++i)
      wrong += found[i] && *found[i] != std::vector{static_cast<double>(i) + 0.5};
    CHECK(read_file(path).size() >= bytes.size()); // nothing is deleted
  }
  CHECK(told > 20);
  CHECK(wrong == 0);
}

TEST_CASE("a store cut short is damaged", "[store]") {
  const ScratchFolder folder;
  const std::string whole = read_file(make_store(folder.path() / "x", 2000));
  const auto path = folder.write("y", whole.substr(0, whole.size() / 2));
  CHECK_THAT(message_of([&] { ResultStore::open(path)->find("loss", "model", {"text1999"}); }),
             Catch::StartsWith(path.string() + ": damaged (") && Catch::EndsWith(")" + kElsewhere));
}

TEST_CASE("several open a new store at once", "[store]") {
  const ScratchFolder folder;
  const auto path = folder.path() / "x";
  std::vector<std::thread> threads;
  std::vector<std::string> messages(8);
  for (std::string& message : messages)
    threads.emplace_back([&] {
      try {
        ResultStore::open(path)->put("loss", "model", "text", {1});
      } catch (const std::exception& e) {
        message = e.what();
      }
    });
  for (std::thread& thread : threads)
    thread.join();
  CHECK(messages == std::vector<std::string>(8));
  CHECK(ResultStore::open(path)->find("loss", "model", {"text"})[0] == std::vector{1.0});
}
