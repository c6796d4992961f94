#include "engine/tokenizer/unicode.hpp"

#include "engine/error.hpp"
#include "engine/tokenizer/code_points.hpp"

#include <algorithm>
#include <memory>

#include <unicode/brkiter.h>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>

namespace residua::tokenizer::unicode {

namespace {

// ICU inserts marks one by one, in quadratic time. Longer runs of marks than this are sorted
// before ICU sees them; real texts have at most some tens.
constexpr std::size_t kLongRun = 1000;

void require(UErrorCode status) {
  if (U_FAILURE(status))
    throw Error(cat("Unicode data: ", u_errorName(status)), "reinstall ICU");
}

const icu::Normalizer2& normalizer(Form form) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* found = nullptr;
  switch (form) {
    case Form::kNfc:
      found = icu::Normalizer2::getNFCInstance(status);
      break;
    case Form::kNfd:
      found = icu::Normalizer2::getNFDInstance(status);
      break;
    case Form::kNfkc:
      found = icu::Normalizer2::getNFKCInstance(status);
      break;
    case Form::kNfkd:
      found = icu::Normalizer2::getNFKDInstance(status);
      break;
  }
  require(status);
  return *found;
}

icu::StringPiece piece(std::string_view text) {
  return {text.data(), static_cast<int32_t>(text.size())};
}

void append_normalized(const icu::Normalizer2& rules, std::string_view text, std::string& out) {
  UErrorCode status = U_ZERO_ERROR;
  icu::StringByteSink<std::string> sink(&out);
  rules.normalizeUTF8(0, piece(text), sink, nullptr, status);
  require(status);
}

/// `run` decomposed, its marks in canonical order: a text that is equal to it in every form.
std::string sorted(const icu::Normalizer2& decomposing, std::string_view run) {
  std::vector<std::pair<uint8_t, char32_t>> points; // combining class and code point
  for (std::size_t at = 0; at < run.size();
       at += code_points::length(static_cast<unsigned char>(run[at]))) {
    const auto point = static_cast<UChar32>(code_points::decode(run, at));
    icu::UnicodeString parts(point);
    decomposing.getDecomposition(point, parts);
    for (int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1))
      points.emplace_back(decomposing.getCombiningClass(parts.char32At(i)), parts.char32At(i));
  }
  const auto starter = [](const auto& it) { return it.first == 0; };
  for (auto from = points.begin(); from != points.end();) {
    const auto end = std::find_if(std::next(from), points.end(), starter);
    std::stable_sort(starter(*from) ? std::next(from) : from, end,
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    from = end;
  }
  std::string text;
  for (const auto& [order, point] : points)
    code_points::append(text, point);
  return text;
}

} // namespace

std::string normalize(std::string_view text, Form form) {
  const icu::Normalizer2& rules = normalizer(form);
  const bool compatible = form == Form::kNfkc || form == Form::kNfkd;
  const icu::Normalizer2& decomposing = normalizer(compatible ? Form::kNfkd : Form::kNfd);
  std::string out;
  std::size_t done = 0, run = 0, points = 0; // ends at a boundary; start and length of a run
  const auto end_run = [&](std::size_t end) {
    if (points > kLongRun) {
      append_normalized(rules, text.substr(done, run - done), out);
      append_normalized(rules, sorted(decomposing, text.substr(run, end - run)), out);
      done = end;
    }
    run = end;
    points = 0;
  };
  for (std::size_t at = 0; at < text.size(); ++points) {
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80 || rules.hasBoundaryBefore(static_cast<UChar32>(code_points::decode(text, at))))
      end_run(at);
    at += code_points::length(lead);
  }
  end_run(text.size());
  append_normalized(rules, text.substr(done), out);
  return out;
}

std::string lowercase(std::string_view text) {
  constexpr char32_t kCapitalIWithDot = 0x130; // the only one that becomes two code points
  std::string lower;
  lower.reserve(text.size());
  for (std::size_t at = 0; at < text.size();
       at += code_points::length(static_cast<unsigned char>(text[at]))) {
    const char32_t point = code_points::decode(text, at);
    if (point == kCapitalIWithDot)
      lower += "i\u0307";
    else
      code_points::append(lower, static_cast<char32_t>(u_tolower(static_cast<UChar32>(point))));
  }
  return lower;
}

bool is_mark(char32_t point) {
  return (U_GET_GC_MASK(static_cast<UChar32>(point)) & U_GC_M_MASK) != 0;
}

std::vector<std::size_t> cluster_ends(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> clusters(
      icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status));
  require(status);
  const std::unique_ptr<UText, UText* (*)(UText*)> view(
      utext_openUTF8(nullptr, text.data(), static_cast<int64_t>(text.size()), &status),
      utext_close);
  require(status);
  clusters->setText(view.get(), status);
  require(status);
  std::vector<std::size_t> ends;
  ends.reserve(text.size());
  for (int32_t end = clusters->next(); end != icu::BreakIterator::DONE; end = clusters->next())
    ends.push_back(static_cast<std::size_t>(end));
  return ends;
}

} // namespace residua::tokenizer::unicode
