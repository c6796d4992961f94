// Tokenizer, and Tokens: texts as token ids.

#include "bindings/native.hpp"
#include "bindings/values.hpp"
#include "engine/interrupt.hpp"
#include "engine/tokenizer/bpe_trainer.hpp"

namespace residua {

const std::vector<TokenIds>& check_tokens(lua_State* L, int index) {
  return *TokensBox::check(L, index).texts;
}

namespace {

int push_tokens(lua_State* L, std::vector<TokenIds> texts) {
  return TokensBox::push(L, {std::make_shared<const std::vector<TokenIds>>(std::move(texts))});
}

int tokenizer_load(lua_State* L) {
  return TokenizerBox::push(L, Tokenizer::load(check_string(L, 1)));
}

int tokenizer_parse(lua_State* L) {
  return TokenizerBox::push(L, Tokenizer::parse(check_string(L, 1), "tokenizer"));
}

int tokenizer_train(lua_State* L) {
  std::vector<double> weights;
  if (!is_absent(L, 4))
    weights = check_numbers(L, 4);
  return push(
      L, train_byte_bpe(check_strings(L, 1), check_integer(L, 2), check_strings(L, 3), weights));
}

int tokenizer_tokens(lua_State* L) {
  std::vector<TokenIds> texts;
  read_elements(L, 1, [&](int at, int64_t) { texts.push_back(check_integers(L, at)); });
  return push_tokens(L, std::move(texts));
}

int tokenizer_encode(lua_State* L) {
  return push(L, (*TokenizerBox::check(L, 1)).encode(check_string(L, 2), opt_boolean(L, 3, true)));
}

int tokenizer_encode_corpus(lua_State* L) {
  const Tokenizer& tokenizer = *TokenizerBox::check(L, 1);
  std::vector<TokenIds> texts;
  for (const Text& text : CorpusBox::check(L, 2)->texts()) {
    interrupt::poll();
    texts.push_back(tokenizer.encode(text.content));
  }
  return push_tokens(L, std::move(texts));
}

int tokenizer_decode(lua_State* L) {
  return push(L, TokenizerBox::check(L, 1)->decode(check_integers(L, 2), opt_boolean(L, 3, true)));
}

int tokenizer_vocab_size(lua_State* L) {
  return push(L, TokenizerBox::check(L, 1)->vocab_size());
}

int tokenizer_id_of(lua_State* L) {
  return push(L, TokenizerBox::check(L, 1)->id_of(check_string(L, 2)));
}

int tokenizer_token(lua_State* L) {
  return push(L, TokenizerBox::check(L, 1)->token(check_integer(L, 2)));
}

int tokenizer_digest(lua_State* L) {
  return push(L, TokenizerBox::check(L, 1)->digest());
}

int tokenizer_tostring(lua_State* L) {
  return push(L, "Tokenizer: " + TokenizerBox::check(L, 1)->describe());
}

int tokens_count(lua_State* L) {
  return push(L, check_tokens(L, 1).size());
}

int tokens_ids(lua_State* L) {
  const auto& texts = check_tokens(L, 1);
  return push(L, texts[check_index(L, 2, static_cast<int64_t>(texts.size()))]);
}

int tokens_lengths(lua_State* L) {
  return push_list(L, check_tokens(L, 1), [L](const TokenIds& ids) { push(L, ids.size()); });
}

int tokens_tostring(lua_State* L) {
  const auto& texts = check_tokens(L, 1);
  std::size_t total = 0;
  for (const TokenIds& ids : texts)
    total += ids.size();
  return push(L, cat("Tokens: ", total, " in ", texts.size(), " texts"));
}

const Entry kModule[] = {
    {"load", tokenizer_load, R"(Loads a `tokenizer.json`.
@param file string
@return Tokenizer)"},
    {"parse", tokenizer_parse, R"(Makes a tokenizer from the text of a `tokenizer.json`.
@param json string
@return Tokenizer)"},
    {"train", tokenizer_train, R"(Trains a byte-level BPE tokenizer.
@param texts string[]
@param vocab_size integer  Special tokens and 256 bytes included.
@param special string[]  Special tokens; the first is put before every text.
@param weights? number[]  How often each text counts; 1 when absent.
@return string  The text of a complete tokenizer.json.)"},
    {"tokens", tokenizer_tokens, R"(Makes Tokens from lists of ids.
@param texts integer[][]
@return Tokens)"},
};

const Entry kTokenizer[] = {
    {"encode", tokenizer_encode, R"(Returns the token ids of a text.
@param text string  Valid UTF-8.
@param special? boolean  With the special tokens that the model expects; true when absent.
@return integer[]
@example
local t = model.load("mini"):tokenizer()
assert(t:decode(t:encode("naïve café")) == "naïve café"))"},
    {"encode_corpus", tokenizer_encode_corpus, R"(Encodes all texts of a corpus, in its order.
@param texts Corpus
@return Tokens)"},
    {"decode", tokenizer_decode, R"(Returns the text of token ids.
@param ids integer[]
@param skip_special? boolean  Leave special tokens out; true when absent.
@return string)"},
    {"vocab_size", tokenizer_vocab_size, R"(Returns the number of tokens, added ones included.
@return integer)"},
    {"id_of", tokenizer_id_of, R"(Returns the id of a token as it is stored, or nil.
@param token string
@return integer?)"},
    {"token", tokenizer_token, R"(Returns the token as it is stored.
@param id integer  From 0.
@return string)"},
    {"digest", tokenizer_digest, R"(Returns a digest of the tokenizer's content.
@return string)"},
};
const Entry kTokenizerMeta[] = {
    {"__tostring", tokenizer_tostring, "Describes the tokenizer in a line."}};

const Entry kTokens[] = {
    {"count", tokens_count, R"(Returns the number of texts.
@return integer)"},
    {"ids", tokens_ids, R"(Returns the ids of one text.
@param text integer  From 1.
@return integer[])"},
    {"lengths", tokens_lengths, R"(Returns the number of tokens of each text.
@return integer[])"},
};
const Entry kTokensMeta[] = {{"__tostring", tokens_tostring, "Describes the tokens in a line."}};

} // namespace

void register_tokenizer(lua_State* L) {
  register_module(L, "tokenizer", kModule);
  register_type<std::shared_ptr<const Tokenizer>>(L, "tokenizer", "Tokenizer", kTokenizer,
                                                  kTokenizerMeta);
  register_type<Tokens>(L, "tokenizer", "Tokens", kTokens, kTokensMeta);
}

} // namespace residua
