#include "model/text/split_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <string>

#include "model/adapter.h"

namespace mono::model {

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

void SplitPattern::FreeCode::operator()(pcre2_real_code_8* code) const {
  pcre2_code_free(code);
}

SplitPattern::SplitPattern(std::string_view pattern) {
  int error = 0;
  PCRE2_SIZE place = 0;
  // Anchored here, because a match option would keep the compiled code from being used.
  code_.reset(pcre2_compile(to_pcre(pattern), pattern.size(),
                            PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED, &error, &place, nullptr));
  if (!code_) fail("pattern '", pattern, "', place ", place, ": ", message_of(error));
  const int compiled = pcre2_jit_compile(code_.get(), PCRE2_JIT_COMPLETE);
  if (compiled != 0 && compiled != PCRE2_ERROR_JIT_BADOPTION) {  // that one: the interpreter serves
    fail("pattern '", pattern, "': ", message_of(compiled));
  }
}

void SplitPattern::for_each_word(std::string_view text,
                                 const std::function<void(std::string_view)>& on_word) const {
  const std::unique_ptr<pcre2_match_data, FreeMatch> match(
      pcre2_match_data_create_from_pattern(code_.get(), nullptr));
  if (!match) throw std::bad_alloc();
  for (size_t begin = 0; begin < text.size();) {
    const int found = pcre2_match(code_.get(), to_pcre(text), text.size(), begin,
                                  PCRE2_NO_UTF_CHECK, match.get(), nullptr);
    if (found < 0) fail("splitting into words, byte ", begin, ": ", message_of(found));
    const size_t end = pcre2_get_ovector_pointer(match.get())[1];
    if (end == begin) fail("splitting into words, byte ", begin, ": an empty match");
    on_word(text.substr(begin, end - begin));
    begin = end;
  }
}

}  // namespace mono::model
