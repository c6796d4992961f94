#include "engine/tokenizer/postprocessor.hpp"

#include "engine/error.hpp"

#include <nlohmann/json.hpp>

namespace residua::tokenizer {

namespace {

using Known = std::function<bool(int64_t)>;

// On one side of a text; a short template can name a long list of ids again and again.
constexpr std::size_t kMaxFrameIds = 1024;

/// Appends `ids` to a side of the frame that `field` describes.
void append(const Field& field, const std::vector<int64_t>& ids, std::vector<int64_t>& side) {
  if (ids.size() > kMaxFrameIds - side.size())
    field.fail(cat("puts more than ", kMaxFrameIds, " ids beside a text"), "check the template");
  side.insert(side.end(), ids.begin(), ids.end());
}

/// The ids that the template's piece `special` stands for.
std::vector<int64_t> ids_of(const Field& processor, const Field& special, const Known& known) {
  const std::string& name = special.at("id").text();
  const auto listed = processor.at("special_tokens").find(name);
  if (!listed)
    special.fail(cat("names ", shown(name), ", which is not in special_tokens"),
                 "list it there with its ids");
  std::vector<int64_t> ids;
  for (const Field& id : listed->at("ids").elements()) {
    ids.push_back(id.integer(0, kMaxTokenId));
    if (!known(ids.back()))
      id.fail(cat("is ", ids.back(), ", which is the id of no token"), "correct the id");
  }
  return ids;
}

Frame read_template(const Field& field, const Known& known) {
  Frame frame;
  int texts = 0;
  const Field single = field.at("single");
  for (const Field& piece : single.elements()) {
    if (const auto special = piece.find("SpecialToken")) {
      auto& side = texts == 0 ? frame.before : frame.after;
      append(piece, ids_of(field, *special, known), side);
    } else if (piece.at("Sequence").at("id").text() == "A") {
      ++texts;
    } else {
      piece.fail("names another text than A", "a template for a single text has A alone");
    }
  }
  if (texts != 1)
    single.fail(cat("has the text A ", texts, " times"), "once is supported");
  return frame;
}

/// The id in a pair [token, id].
int64_t id_of_pair(const Field& pair, const Known& known) {
  const auto parts = pair.elements();
  if (parts.size() != 2)
    pair.fail(cat("has ", parts.size(), " elements"), "write [token, id]");
  const int64_t id = parts[1].integer(0, kMaxTokenId);
  if (!known(id))
    parts[1].fail(cat("is ", id, ", which is the id of no token"), "correct the id");
  return id;
}

/// What BERT and RoBERTa put around one text.
Frame read_cls_sep(const Field& field, const Known& known) {
  return {{id_of_pair(field.at("cls"), known)}, {id_of_pair(field.at("sep"), known)}};
}

/// Each processor goes around what the one before it made.
Frame read_sequence(const Field& field, const Known& known) {
  std::vector<Frame> inner_to_outer;
  for (const Field& step : field.at("processors").elements())
    inner_to_outer.push_back(read_postprocessor(step, known));
  Frame frame;
  for (auto it = inner_to_outer.rbegin(); it != inner_to_outer.rend(); ++it)
    append(field, it->before, frame.before);
  for (const Frame& step : inner_to_outer)
    append(field, step.after, frame.after);
  return frame;
}

} // namespace

Frame read_postprocessor(const Field& field, const Known& known) {
  if (field.is_null())
    return {};
  const std::string& type = field.at("type").text();
  if (type == "ByteLevel") // concerns offsets only
    return {};
  if (type == "BertProcessing" || type == "RobertaProcessing")
    return read_cls_sep(field, known);
  if (type == "TemplateProcessing")
    return read_template(field, known);
  if (type == "Sequence")
    return read_sequence(field, known);
  field.fail(
      cat(shown(type), " is not supported"),
      "supported are BertProcessing, ByteLevel, RobertaProcessing, Sequence, TemplateProcessing");
}

} // namespace residua::tokenizer
