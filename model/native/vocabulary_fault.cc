#include "model/native/vocabulary_fault.h"

#include "model/joined.h"

namespace mono::model {

std::string vocabulary_fault(const Tokenizer& tokenizer, const LanguageConfig& config) {
  if (tokenizer.vocab_size() <= config.vocab_size) return "";
  return joined("tokenizer: it has ", tokenizer.vocab_size(), " ids, the model's vocab_size is ",
                config.vocab_size);
}

}  // namespace mono::model
