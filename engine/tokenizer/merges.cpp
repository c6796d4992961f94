#include "engine/tokenizer/merges.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace residua::tokenizer {

namespace {

/// The two tokens of a rule; false if it is written otherwise.
bool read_pair(const nlohmann::json& rule, std::string& left, std::string& right) {
  if (rule.is_array() && rule.size() == 2 && rule[0].is_string() && rule[1].is_string()) {
    left = rule[0].get_ref<const std::string&>();
    right = rule[1].get_ref<const std::string&>();
    return true;
  }
  if (!rule.is_string())
    return false;
  const std::string& text = rule.get_ref<const std::string&>();
  const auto space = text.find(' ');
  if (space == text.npos || text.find(' ', space + 1) != text.npos)
    return false;
  left = text.substr(0, space);
  right = text.substr(space + 1);
  return true;
}

int32_t id_in_rule(const Field& field, std::size_t rank, const std::string& token,
                   const Vocabulary& vocabulary) {
  const auto id = vocabulary.find(token);
  if (!id)
    field.element(rank).fail(cat("needs the token ", shown(token), ", which is not in model.vocab"),
                             "the vocabulary and the merges must be of one tokenizer");
  return *id;
}

} // namespace

Merges Merges::read(const Field& field, const Vocabulary& vocabulary) {
  field.require_array();
  Merges merges;
  merges.rules_.reserve(field.json().size());
  std::size_t rank = 0;
  std::string left, right;
  for (const auto& rule : field.json()) {
    if (!read_pair(rule, left, right))
      field.element(rank).fail("is no pair of tokens",
                               R"(write "left right" or ["left", "right"])");
    const int32_t a = id_in_rule(field, rank, left, vocabulary);
    const int32_t b = id_in_rule(field, rank, right, vocabulary);
    const int32_t merged = id_in_rule(field, rank, left + right, vocabulary);
    merges.add(a, b, static_cast<int32_t>(rank), merged);
    ++rank;
  }
  return merges;
}

/// One application: a linked list of tokens, and a heap of the pairs that a rule could merge.
class Merges::Run {
 public:
  Run(const Merges& merges, std::vector<int32_t>& tokens) : merges_(merges), tokens_(tokens) {
    const auto count = static_cast<int32_t>(tokens.size());
    links_.reserve(tokens.size());
    for (int32_t i = 0; i < count; ++i)
      links_.push_back({i - 1, i + 1 < count ? i + 1 : kNone});
    for (int32_t i = 0; i + 1 < count; ++i)
      if (const Rule* rule = find(i))
        heap_.push_back({rule->rank, i, rule->merged});
    std::make_heap(heap_.begin(), heap_.end());
  }

  void run() {
    for (std::size_t step = 0; !heap_.empty(); ++step) {
      std::pop_heap(heap_.begin(), heap_.end());
      const Candidate best = heap_.back();
      heap_.pop_back();
      merge(best);
      if (step % 4096 == 4095)
        interrupt::poll();
    }
    std::erase(tokens_, kNone);
  }

 private:
  static constexpr int32_t kNone = -1;
  struct Link {
    int32_t previous;
    int32_t next;
  };
  struct Candidate {
    int32_t rank;
    int32_t at; // position of the left token
    int32_t merged;
    bool operator<(const Candidate& other) const { // the heap's top is the greatest
      return rank != other.rank ? rank > other.rank : at > other.at;
    }
  };

  /// The rule for the token at `at` and the one behind it, or null.
  const Rule* find(int32_t at) const {
    const int32_t next = links_[static_cast<std::size_t>(at)].next;
    if (token(at) == kNone || next == kNone)
      return nullptr;
    const auto rule = merges_.rules_.find(pair_key(token(at), token(next)));
    return rule == merges_.rules_.end() ? nullptr : &rule->second;
  }

  void push(int32_t at) {
    if (const Rule* rule = find(at)) {
      heap_.push_back({rule->rank, at, rule->merged});
      std::push_heap(heap_.begin(), heap_.end());
    }
  }

  void merge(const Candidate& best) {
    const Rule* rule = find(best.at);
    if (rule == nullptr || rule->merged != best.merged) // another merge took one of the two
      return;
    Link& left = links_[static_cast<std::size_t>(best.at)];
    const int32_t gone = left.next;
    token(best.at) = best.merged;
    token(gone) = kNone;
    left.next = links_[static_cast<std::size_t>(gone)].next;
    if (left.next != kNone)
      links_[static_cast<std::size_t>(left.next)].previous = best.at;
    if (left.previous != kNone)
      push(left.previous);
    push(best.at);
  }

  int32_t& token(int32_t at) const { return tokens_[static_cast<std::size_t>(at)]; }

  const Merges& merges_;
  std::vector<int32_t>& tokens_; // kNone where a token went into its left neighbour
  std::vector<Link> links_;
  std::vector<Candidate> heap_;
};

void Merges::apply(std::vector<int32_t>& tokens) const {
  if (tokens.size() > static_cast<std::size_t>(INT32_MAX))
    throw Error(cat("a word of ", tokens.size(), " characters is too long"), "split the text");
  if (tokens.size() > 1)
    Run(*this, tokens).run();
}

} // namespace residua::tokenizer
