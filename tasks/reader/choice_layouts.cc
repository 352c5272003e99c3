#include "tasks/reader/choice_layouts.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "model/adapter.h"
#include "tasks/text/list_literal.h"

namespace mono::tasks {
namespace {

using nlohmann::json;

constexpr std::string_view kLetterSentence =
    "\nAnswer with the option's letter from the given choices directly.";

std::string letter_of(size_t position) {
  return std::string(1, static_cast<char>('A' + position));
}

/// A question that ends in option lines and the sentence that asks for a letter, taken apart so
/// that putting it together again gives the same text.
void split_finished_question(json& row) {
  if (!row.contains("question") || !row["question"].is_string() || row.contains("A")) return;
  std::string_view rest = row["question"].get_ref<const std::string&>();
  if (!rest.ends_with(kLetterSentence)) return;
  rest.remove_suffix(kLetterSentence.size());
  std::vector<std::string> texts;
  size_t start = rest.find("\nA. ");
  if (start == std::string_view::npos) return;
  const std::string question(rest.substr(0, start));
  while (start != std::string_view::npos) {
    rest.remove_prefix(start + 4);
    start = rest.find("\n" + letter_of(texts.size() + 1) + ". ");
    texts.emplace_back(rest.substr(0, start));
  }
  row["question"] = question;
  for (size_t i = 0; i < texts.size(); ++i) row[letter_of(i)] = texts[i];
}

/// Options as a list: of a JSON list, of a text that holds a Python list, of an object by letter.
json option_list(const json& options, const std::string& where) {
  if (options.is_string()) {
    if (auto texts = parse_list_literal(options.get<std::string>())) return *texts;
  }
  if (options.is_array()) return options;
  if (options.is_object()) {
    auto list = json::array();
    for (const auto& [letter, text] : options.items()) {
      if (letter != letter_of(list.size())) {
        model::fail(where, ": expected option ", letter_of(list.size()), ", got '", letter, "'");
      }
      list.push_back(text);
    }
    return list;
  }
  model::fail(where, ": expected a list of options, got ", options.dump().substr(0, 60));
}

/// The place an answer names: an integer, or a text of digits where there are options.
std::optional<uint64_t> answer_index(const json& answer) {
  if (answer.is_number_unsigned()) return answer.get<uint64_t>();
  if (!answer.is_string()) return std::nullopt;
  const auto& text = answer.get_ref<const std::string&>();
  uint64_t index = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), index);
  const bool is_whole = result.ec == std::errc() && result.ptr == text.data() + text.size();
  return is_whole ? std::optional(index) : std::nullopt;
}

void use_letters(json& row, const json& options, const std::string& where) {
  constexpr size_t kMaxOptions = 26;
  if (options.size() > kMaxOptions) {
    model::fail(where, ": expected at most 26 options, got ", options.size());
  }
  for (size_t i = 0; i < options.size(); ++i) {
    if (!options[i].is_string()) {
      model::fail(where, ": expected a text as option ", letter_of(i), ", got ",
                  options[i].type_name());
    }
    row[letter_of(i)] = options[i];
  }
  if (options.empty() || !row.contains("answer")) return;
  const auto index = answer_index(row["answer"]);
  if (!index) return;
  if (*index >= options.size()) {
    model::fail(where, ": answer index ", *index, ", but there are ", options.size(), " options");
  }
  row["answer"] = letter_of(*index);
}

/// An open question may have several accepted answers.
void use_list_literal(json& row) {
  if (!row.contains("answer") || !row["answer"].is_array()) return;
  row["answer"] = list_literal(row["answer"].get<std::vector<std::string>>());
}

void use_kind(json& row, const std::string& where) {
  const auto& number = row["question_type_id"];
  const bool is_known = number.is_number_integer() && number.get<int64_t>() >= 1 &&
                        number.get<int64_t>() <= static_cast<int64_t>(kSeedKinds.size());
  if (!is_known) {
    model::fail(where, ": field 'question_type_id': expected 1 to ", kSeedKinds.size(), ", got ",
                number.dump());
  }
  row["category"] = kSeedKinds[number.get<size_t>() - 1];
  row.erase("question_type_id");
}

}  // namespace

std::optional<size_t> seed_kind(std::string_view name) {
  const auto* const found = std::find(kSeedKinds.begin(), kSeedKinds.end(), name);
  if (found == kSeedKinds.end()) return std::nullopt;
  return static_cast<size_t>(found - kSeedKinds.begin());
}

void use_table_columns(json& row, const std::string& where) {
  if (row.contains("text") && !row.contains("question")) {
    row["question"] = std::move(row["text"]);
    row.erase("text");
  }
  if (row.contains("choice_a")) {
    for (size_t i = 0; row.contains("choice_" + std::string(1, static_cast<char>('a' + i))); ++i) {
      const auto name = "choice_" + std::string(1, static_cast<char>('a' + i));
      row[letter_of(i)] = std::move(row[name]);
      row.erase(name);
    }
  }
  const bool has_index = row.contains("answer") && row["answer"].is_number_unsigned();
  if (row.contains("choices") && row["choices"].is_array() && has_index) {
    use_letters(row, json(std::exchange(row["choices"], nullptr)), where);
    row.erase("choices");
  }
  if (row.contains("options")) {
    use_letters(row, option_list(json(std::exchange(row["options"], nullptr)), where), where);
    row.erase("options");
    use_list_literal(row);
  }
  if (row.contains("question_type_id")) use_kind(row, where);
  // NOLINTNEXTLINE(readability-container-size-empty): empty() of a JSON text is false
  if (row.contains("hint") && row["hint"] == "") row["hint"] = nullptr;
  split_finished_question(row);
}

}  // namespace mono::tasks
