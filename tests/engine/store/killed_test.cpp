// Processes that are killed at any moment, and processes that share a store.

#include "tests/support/catch.hpp"

#include "engine/store/result_store.hpp"
#include "tests/engine/text/scratch_folder.hpp"

#include <csignal>
#include <fstream>
#include <random>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

using namespace residua;
namespace fs = std::filesystem;

static constexpr int kModels = 40, kTexts = 50;

static std::string model_name(int i) {
  return cat("model", i);
}
static std::vector<std::string> all_texts() {
  std::vector<std::string> texts;
  for (int i = 0; i < kTexts; ++i)
    texts.push_back(cat("text", i));
  return texts;
}

// What the sweep would compute, and how long that takes.
static double value(int model, int text) {
  usleep(200);
  return model + text / 64.0;
}

// Goes through all models and texts; `log` gets a line for every value computed.
static void sweep(const fs::path& path, const fs::path& log) {
  ResultStore store(StoreFile::open(path), "1.0", std::chrono::milliseconds(5));
  std::ofstream computed(log, std::ios::app);
  const auto texts = all_texts();
  for (int model = 0; model < kModels; ++model) {
    const auto known = store.find("loss", model_name(model), texts);
    for (int text = 0; text < kTexts; ++text) {
      if (known[text])
        continue;
      const double result = value(model, text);
      computed << cat(model, '/', text, '\n') << std::flush;
      store.put("loss", model_name(model), texts[text], {result});
    }
  }
}

static pid_t start(const fs::path& path, const fs::path& log) {
  const pid_t child = fork();
  if (child != 0)
    return child;
  int status = 0;
  try {
    sweep(path, log);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    status = 1;
  }
  _exit(status);
}

static int wait_for(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

// "model/text" of what is on disk; each value must be the right one.
static std::set<std::string> stored(const fs::path& path) {
  std::set<std::string> keys;
  const auto store = std::make_shared<ResultStore>(StoreFile::open(path), "1.0");
  for (int model = 0; model < kModels; ++model) {
    const auto found = store->find("loss", model_name(model), all_texts());
    for (int text = 0; text < kTexts; ++text)
      if (found[text]) {
        CHECK(*found[text] == std::vector{model + text / 64.0});
        keys.insert(cat(model, '/', text));
      }
  }
  return keys;
}

static std::multiset<std::string> lines(const fs::path& path) {
  std::multiset<std::string> found;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);)
    found.insert(line);
  return found;
}

TEST_CASE("50 kills lose nothing on disk, and what is on disk is not computed again", "[store]") {
  const ScratchFolder folder;
  const fs::path path = folder.path() / "x";
  std::mt19937 random(3);
  std::set<std::string> before;
  int kills = 0;
  for (int round = 0; round < 50; ++round) {
    const fs::path log = folder.path() / cat("log", round);
    const pid_t child = start(path, log);
    usleep(random() % 30000);
    kill(child, SIGKILL);
    kills += WIFSIGNALED(wait_for(child));
    const auto after = stored(path);
    CHECK(std::includes(after.begin(), after.end(), before.begin(), before.end()));
    for (const std::string& key : lines(log))
      CHECK(!before.contains(key));
    before = after;
  }
  CHECK(kills > 25); // the rest came after the end of the sweep
  CHECK(wait_for(start(path, folder.path() / "last")) == 0);
  CHECK(stored(path).size() == kModels * kTexts);
  CHECK(wait_for(start(path, folder.path() / "again")) == 0);
  CHECK(lines(folder.path() / "again").empty());
  const auto file = StoreFile::open(path);
  CHECK(file->database().integer("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1);
  CHECK(file->database().integer("SELECT count(*) FROM results") == kModels * kTexts);
}

TEST_CASE("processes share a store, also when some of them are killed", "[store]") {
  const ScratchFolder folder;
  const fs::path path = folder.path() / "x";
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i)
    children.push_back(start(path, folder.path() / cat("log", i)));
  usleep(30000);
  kill(children[0], SIGKILL);
  kill(children[1], SIGKILL);
  wait_for(children[0]);
  wait_for(children[1]);
  CHECK(wait_for(children[2]) == 0);
  CHECK(wait_for(children[3]) == 0);
  CHECK(stored(path).size() == kModels * kTexts);
}
