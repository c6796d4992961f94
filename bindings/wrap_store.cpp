// The store on disk: which one the runs use, records of runs, counts and pruning of results.

#include "bindings/box.hpp"
#include "bindings/native.hpp"
#include "engine/store/run_store.hpp"
#include "engine/store/shared_results.hpp"

namespace residua {

namespace {

using StoreBox = Box<std::shared_ptr<RunStore>>;

std::string check_path(lua_State* L, int index) {
  const std::string_view path = check_string(L, index);
  if (path.empty())
    throw ArgError(index, "the path is empty");
  return std::string(path);
}

int store_open(lua_State* L) {
  return StoreBox::push(L, RunStore::open(check_path(L, 1)));
}

int store_choose(lua_State* L) {
  choose_store(is_absent(L, 1) ? std::nullopt : std::optional<std::string>(check_path(L, 1)));
  return 0;
}

int store_chosen(lua_State* L) {
  const auto path = chosen_store();
  return push(L, path ? std::optional(path->string()) : std::nullopt);
}

int store_state(lua_State* L) {
  const auto results = shared_results();
  if (!results)
    return 0;
  lua_newtable(L);
  set_field(L, "path", results->path().string());
  set_field(L, "found", results->found());
  set_field(L, "written", results->written());
  set_field(L, "trouble", results->trouble());
  return 1;
}

int store_commit(lua_State*) {
  if (const auto results = shared_results())
    results->commit();
  return 0;
}

const RunStore& check_store(lua_State* L) {
  return *StoreBox::check(L, 1);
}

int store_path(lua_State* L) {
  return push(L, check_store(L).file().path().string());
}

int store_trouble(lua_State* L) {
  return push(L, check_store(L).file().read_only());
}

int store_insert(lua_State* L) {
  const auto text = [L](int index) { return std::string(check_string(L, index)); };
  return push(L, StoreBox::check(L, 1)->add({text(2), text(3), text(4), text(5), text(6),
                                             check_number(L, 7), text(8), text(9), text(10)}));
}

void push_run(lua_State* L, const Run& run) {
  lua_newtable(L);
  set_field(L, "id", run.id);
  set_field(L, "kind", run.kind);
  set_field(L, "name", run.name);
  set_field(L, "title", run.title);
  set_field(L, "started", run.started);
  set_field(L, "seconds", run.seconds);
  set_field(L, "status", run.status);
  set_field(L, "summary", run.summary);
}

int store_list(lua_State* L) {
  const std::vector<Run> runs = check_store(L).runs();
  lua_createtable(L, static_cast<int>(runs.size()), 0);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    push_run(L, runs[i]);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
  }
  return 1;
}

int store_record(lua_State* L) {
  const auto run = check_store(L).find(std::string(check_string(L, 2)));
  return push(L, run ? std::optional(run->record) : std::nullopt);
}

int store_remove(lua_State* L) {
  return push(L, StoreBox::check(L, 1)->remove(check_strings(L, 2)));
}

int store_results(lua_State* L) {
  const std::vector<ResultCount> counts = check_store(L).results();
  lua_newtable(L);
  for (const ResultCount& count : counts) {
    lua_createtable(L, 0, 2);
    set_field(L, "series", count.series);
    set_field(L, "results", count.results);
    lua_setfield(L, -2, count.engine.c_str());
  }
  return 1;
}

int store_prune_results(lua_State* L) {
  const StaleResults stale{check_boolean(L, 2), maybe_string(L, 3), maybe_integer(L, 4)};
  const bool only_count = check_boolean(L, 5);
  RunStore& store = *StoreBox::check(L, 1);
  return push(L, only_count ? store.count(stale) : store.prune(stale));
}

const Entry kModule[] = {
    {"open", store_open, R"(Opens a store, or makes it with the folders above it.
@param path string
@return Store)"},
    {"choose", store_choose, R"(Chooses the store that the runs of this process share.
@param path? string  Opened by the first run; none when absent.)"},
    {"chosen", store_chosen, R"(Returns the path of the store that runs use.
@return string?)"},
    {"state", store_state, R"(Returns what the store gave and got in this process.
@return table?  path, found, written (results), trouble ("" when all is well); nil without a store.)"},
    {"commit", store_commit, R"(Writes the results that wait in memory.)"},
};

const Entry kStore[] = {
    {"path", store_path, R"(Returns the path of the file.
@return string)"},
    {"trouble", store_trouble, R"(Returns why nothing can be written, "" if it can.
@return string)"},
    {"insert", store_insert, R"(Adds the record of a run.
@param id string  Where it is taken, "-2", "-3" ... follow it.
@param kind string  "experiment".
@param name string  Of the experiment.
@param title string
@param started string  "2026-11-23T10:11:12Z".
@param seconds number
@param status string  "done".
@param summary string  JSON.
@param record string  JSON.
@return string id)"},
    {"list", store_list, R"(Returns all runs, oldest first, without their records.
@return table[]  id, kind, name, title, started, seconds, status, summary (JSON).)"},
    {"record", store_record, R"(Returns the record of a run.
@param id string
@return string?  JSON; nil when there is no such run.)"},
    {"remove", store_remove, R"(Deletes runs.
@param ids string[]
@return integer  How many there were.)"},
    {"results", store_results, R"(Returns how many results there are.
@return table<string, table>  By engine version: series (pairs of measure and model), results.)"},
    {"prune_results", store_prune_results, R"(Deletes results for which one of the conditions holds.
@param all boolean
@param other_than? string  Those of other engine versions.
@param before? integer  Those of series made before [seconds since 1970].
@param only_count boolean  Deletes nothing.
@return integer  How many there are, or were.)"},
};

} // namespace

void register_store(lua_State* L) {
  register_module(L, "store", kModule);
  register_type<std::shared_ptr<RunStore>>(L, "store", "Store", kStore);
}

} // namespace residua
