#include "tasks/text/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <new>
#include <string>

#include "model/adapter.h"

namespace mono::tasks {
namespace {

struct FreeMatch {
  void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
};

std::string message_of(int error) {
  PCRE2_UCHAR message[256];
  pcre2_get_error_message(error, message, sizeof message);
  return reinterpret_cast<const char*>(message);
}

PCRE2_SPTR to_pcre(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.data());
}

}  // namespace

void Pattern::FreeCode::operator()(pcre2_real_code_8* code) const {
  pcre2_code_free(code);
}

Pattern::Pattern(std::string_view pattern) {
  int error = 0;
  PCRE2_SIZE place = 0;
  code_.reset(pcre2_compile(to_pcre(pattern), pattern.size(),
                            PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF, &error, &place,
                            nullptr));
  if (!code_) {
    model::fail("pattern '", pattern, "', place ", place, ": ", message_of(error));
  }
}

std::vector<std::string_view> Pattern::find_all(std::string_view text) const {
  const std::unique_ptr<pcre2_match_data, FreeMatch> match(
      pcre2_match_data_create_from_pattern(code_.get(), nullptr));
  if (!match) throw std::bad_alloc();
  std::vector<std::string_view> found;
  for (size_t begin = 0; begin < text.size();) {
    const int result =
        pcre2_match(code_.get(), to_pcre(text), text.size(), begin, 0, match.get(), nullptr);
    if (result == PCRE2_ERROR_NOMATCH) break;
    if (result < 0) model::fail("pattern, byte ", begin, ": ", message_of(result));
    const auto* const place = pcre2_get_ovector_pointer(match.get());
    if (place[1] == place[0]) model::fail("pattern, byte ", place[0], ": an empty match");
    found.push_back(text.substr(place[0], place[1] - place[0]));
    begin = place[1];
  }
  return found;
}

}  // namespace mono::tasks
