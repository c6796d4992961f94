#include "engine/tokenizer/regex.hpp"

#include "engine/error.hpp"
#include "engine/interrupt.hpp"
#include "engine/tokenizer/code_points.hpp"
#include "engine/tokenizer/json_fields.hpp"
#include "engine/tokenizer/regex_syntax.hpp"

#include <pcre2.h>

namespace residua::tokenizer {

namespace {

// A match of a word takes tens of steps; a pattern that backtracks without end reaches this in a
// fifth of a second.
constexpr uint32_t kMatchLimit = 10'000'000;
constexpr std::size_t kJitStackStart = std::size_t{32} << 10;
constexpr std::size_t kJitStackLimit = std::size_t{16} << 20;
constexpr uint32_t kHeapLimitKib = 256 << 10;

template <auto free> struct Release {
  template <class T> void operator()(T* pointer) const { free(pointer); }
};
using Code = std::unique_ptr<pcre2_code, Release<pcre2_code_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, Release<pcre2_match_data_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Release<pcre2_match_context_free>>;
using CompileContext = std::unique_ptr<pcre2_compile_context, Release<pcre2_compile_context_free>>;
using JitStack = std::unique_ptr<pcre2_jit_stack, Release<pcre2_jit_stack_free>>;

std::string message_of(int code) {
  PCRE2_UCHAR buffer[160];
  pcre2_get_error_message(code, buffer, sizeof buffer);
  return reinterpret_cast<const char*>(buffer);
}

Code compile(std::string_view pattern) {
  const std::string translated = to_pcre2(pattern);
  const CompileContext context(pcre2_compile_context_create(nullptr));
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  int code = 0;
  PCRE2_SIZE offset = 0;
  Code compiled(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                              PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE, &code, &offset,
                              context.get()));
  if (!compiled)
    throw Error(cat("regex ", shown(pattern), ": ", message_of(code)), "correct the pattern");
  pcre2_jit_compile(compiled.get(), PCRE2_JIT_COMPLETE); // without it matching is only slower
  return compiled;
}

} // namespace

struct Regex::Compiled {
  std::string pattern;
  Code code;
  MatchData data;
  MatchContext context;
  JitStack stack;

  explicit Compiled(std::string_view text)
      : pattern(text), code(compile(text)),
        data(pcre2_match_data_create_from_pattern(code.get(), nullptr)),
        context(pcre2_match_context_create(nullptr)),
        stack(pcre2_jit_stack_create(kJitStackStart, kJitStackLimit, nullptr)) {
    pcre2_set_match_limit(context.get(), kMatchLimit);
    pcre2_set_heap_limit(context.get(), kHeapLimitKib);
    pcre2_jit_stack_assign(context.get(), nullptr, stack.get());
  }

  /// Looks for a match from byte `from` on; false if there is none.
  bool find(std::string_view text, std::size_t from, Span& match) const {
    const int code_or_count =
        pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                    PCRE2_NO_UTF_CHECK, data.get(), context.get());
    if (code_or_count == PCRE2_ERROR_NOMATCH)
      return false;
    if (code_or_count < 0)
      throw Error(cat("regex ", shown(pattern), " at byte ", from,
                      " of the text: ", message_of(code_or_count)),
                  "shorten the text or use a simpler pattern");
    const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(data.get());
    match = {offsets[0], offsets[1]};
    return true;
  }
};

Regex::Regex(std::string_view pattern) : compiled_(std::make_unique<Compiled>(pattern)) {}
Regex::~Regex() = default;

void Regex::each(std::string_view text, const std::function<void(const Span&)>& visit) const {
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t end_before = kNone; // of the match before
  Span match;
  for (std::size_t from = 0, step = 0; from <= text.size() && compiled_->find(text, from, match);) {
    from = match.end;
    if (match.begin == match.end && end_before == match.end) {
      // an empty match right behind another match does not count
      from += from < text.size() ? code_points::length(static_cast<unsigned char>(text[from])) : 1;
    } else {
      visit(match);
      end_before = match.end;
    }
    if (++step % 1024 == 0)
      interrupt::poll();
  }
}

std::vector<Span> Regex::matches(std::string_view text) const {
  std::vector<Span> found;
  each(text, [&](const Span& match) { found.push_back(match); });
  return found;
}

} // namespace residua::tokenizer
