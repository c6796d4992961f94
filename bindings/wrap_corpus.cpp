// Corpus: parallel texts by language and sentence.

#include "bindings/native.hpp"
#include "bindings/values.hpp"

namespace residua {

namespace {

int push_corpus(lua_State* L, Corpus corpus) {
  return CorpusBox::push(L, std::make_shared<const Corpus>(std::move(corpus)));
}

const Corpus& check_corpus(lua_State* L, int index) {
  return *CorpusBox::check(L, index);
}

int corpus_load(lua_State* L) {
  return push_corpus(L, load_corpus(check_string(L, 1), is_absent(L, 2) ? std::vector<std::string>{}
                                                                        : check_strings(L, 2)));
}

int corpus_make(lua_State* L) {
  const auto codes = check_strings(L, 2), contents = check_strings(L, 3);
  if (codes.size() != contents.size())
    throw ArgError(3, cat(contents.size(), " texts for ", codes.size(), " language codes"));
  std::vector<Language> languages;
  std::vector<Text> texts;
  std::map<std::string, int64_t> sentences;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (sentences[codes[i]]++ == 0)
      languages.push_back({codes[i], "", "", "", "", ""});
    texts.push_back({codes[i], sentences[codes[i]], contents[i]});
  }
  return push_corpus(
      L, Corpus(std::string(check_string(L, 1)), std::move(languages), std::move(texts)));
}

int corpus_name(lua_State* L) {
  return push(L, check_corpus(L, 1).name());
}

int corpus_count(lua_State* L) {
  return push(L, check_corpus(L, 1).texts().size());
}

int corpus_languages(lua_State* L) {
  return push_list(L, check_corpus(L, 1).languages(), [L](const Language& l) { push(L, l.code); });
}

int corpus_language_table(lua_State* L) {
  return push_list(L, check_corpus(L, 1).languages(), [L](const Language& language) {
    lua_newtable(L);
    const std::pair<const char*, const std::string&> fields[] = {
        {"code", language.code},
        {"name", language.name},
        {"script", language.script},
        {"family", language.family},
        {"morphology", language.morphology},
        {"resource", language.resource}};
    for (const auto& [field, value] : fields)
      if (!value.empty())
        set_field(L, field, value);
  });
}

int corpus_text(lua_State* L) {
  const auto& texts = check_corpus(L, 1).texts();
  return push(L, texts[check_index(L, 2, static_cast<int64_t>(texts.size()))].content);
}

// One list per column: languages, sentences, bytes, characters of all texts.
int corpus_columns(lua_State* L) {
  const auto& texts = check_corpus(L, 1).texts();
  push_list(L, texts, [L](const Text& text) { push(L, text.language); });
  push_list(L, texts, [L](const Text& text) { push(L, text.sentence); });
  push_list(L, texts, [L](const Text& text) { push(L, text.bytes()); });
  push_list(L, texts, [L](const Text& text) { push(L, text.characters()); });
  return 4;
}

int corpus_select(lua_State* L) {
  return push_corpus(L, check_corpus(L, 1).select(check_strings(L, 2)));
}

int corpus_slice(lua_State* L) {
  return push_corpus(L, check_corpus(L, 1).slice(check_integer(L, 2), check_integer(L, 3)));
}

int corpus_aligned(lua_State* L) {
  return push_corpus(L, check_corpus(L, 1).aligned());
}

int corpus_digest(lua_State* L) {
  return push(L, check_corpus(L, 1).digest());
}

int corpus_tostring(lua_State* L) {
  const Corpus& corpus = check_corpus(L, 1);
  return push(L, cat("Corpus ", corpus.name(), ": ", corpus.texts().size(), " texts in ",
                     corpus.languages().size(), " languages"));
}

const Entry kModule[] = {
    {"load", corpus_load,
     R"(Loads texts from a path: a folder of `<code>.txt`, NTREX, FLORES, `.jsonl` or `.tsv`.
@param path string
@param languages? string[]  Read only these.
@return Corpus)"},
    {"make", corpus_make,
     R"(Makes a corpus from texts at hand; the k-th text of a language is its sentence k.
@param name string
@param languages string[]  The language code of each text.
@param texts string[]
@return Corpus)"},
};

const Entry kMethods[] = {
    {"name", corpus_name, R"(Returns the name of the folder or file that the texts came from.
@return string)"},
    {"count", corpus_count, R"(Returns the number of texts.
@return integer)"},
    {"languages", corpus_languages, R"(Returns the language codes, in the corpus's order.
@return string[]
@example
assert(#corpus.load("parallel16"):languages() == 16))"},
    {"language_table", corpus_language_table, R"(Returns what is known about each language.
@return table[]  Fields code, name, script, family, morphology, resource; unknown ones are nil.)"},
    {"text", corpus_text, R"(Returns one text.
@param text integer  From 1.
@return string)"},
    {"columns", corpus_columns,
     R"(Returns language, sentence number, UTF-8 bytes and characters of every text.
@return string[], integer[], integer[], integer[])"},
    {"select", corpus_select, R"(Returns the texts of some languages, in the order named.
@param languages string[]
@return Corpus
@example
assert(corpus.load("parallel16"):select({ "heb", "eng" }):languages()[1] == "heb"))"},
    {"slice", corpus_slice, R"(Returns a range of sentences, in every language.
@param first integer  Position among the sentence numbers that occur, from 1.
@param last integer  Inclusive.
@return Corpus
@example
assert(corpus.load("parallel16"):slice(1, 10):count() == 160))"},
    {"aligned", corpus_aligned, R"(Returns the sentences that every language has.
@return Corpus)"},
    {"digest", corpus_digest, R"(Returns a digest of languages, sentence numbers and texts.
@return string)"},
};
const Entry kMeta[] = {{"__tostring", corpus_tostring, "Describes the corpus in a line."}};

} // namespace

void register_corpus(lua_State* L) {
  register_module(L, "corpus", kModule);
  register_type<std::shared_ptr<const Corpus>>(L, "corpus", "Corpus", kMethods, kMeta);
}

} // namespace residua
