#pragma once

#include <string>

#include "model/config.h"
#include "model/text/tokenizer.h"

namespace mono::model {

/// Why the ids of a tokenizer do not fit a language model; "" where they do.
std::string vocabulary_fault(const Tokenizer& tokenizer, const LanguageConfig& config);

}  // namespace mono::model
