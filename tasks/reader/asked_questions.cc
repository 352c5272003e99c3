#include "tasks/reader/asked_questions.h"

#include "model/adapter.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

/// Letters and digits in lower case, without the marks of pictures: what harnesses leave of a
/// question when they build their prompts.
std::string bare_text(std::string_view text) {
  std::string bare;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("<image")) {
      const size_t end = text.find('>', i);
      if (end != std::string_view::npos) i = end;
      continue;
    }
    const auto c = static_cast<unsigned char>(text[i]);
    const bool is_kept =
        c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_kept) bare.push_back(static_cast<char>(c));
  }
  return lower(bare);
}

bool asks(std::string_view asked, std::string_view sample) {
  if (asked.empty() || sample.empty() || asked == sample) return true;
  return bare_text(asked).find(bare_text(sample)) != std::string::npos;
}

}  // namespace

void AskedQuestions::add(std::string_view asked, std::string_view sample) {
  ++count_;
  if (asks(asked, sample)) {
    ++num_matching_;
  } else if (asked_.empty()) {
    asked_ = asked;
    sample_ = sample;
  }
}

bool AskedQuestions::mostly_match() const {
  return count_ == 0 || 2 * num_matching_ > count_;
}

void AskedQuestions::refuse_others(const std::string& file) const {
  if (mostly_match()) return;
  model::fail(file, ": most predictions ask other questions than the samples in their place, '",
              asked_, "' where the sample asks '", sample_, "' for one");
}

}  // namespace mono::tasks
