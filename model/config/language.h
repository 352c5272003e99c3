#pragma once

#include <string_view>

#include "model/config.h"
#include "model/config/collected_fields.h"

namespace mono::model {

/// The language model a name of `architectures` stands for.
/// \throws SetupError naming `field`, the known names and what came.
LanguageArchitecture language_architecture(const JsonFields& fields, const std::string& field,
                                           std::string_view name);

/// The fields both layouts share: sizes, heads, biases, ids, activation. Rotary embedding and tied
/// embeddings are the layout's to fill in.
LanguageConfig language_config(const CollectedFields& fields, LanguageArchitecture architecture);

/// The rules that join fields; to be called where every field could be read.
/// \throws SetupError
void check_heads(const JsonFields& fields, LanguageConfig& config);

}  // namespace mono::model
