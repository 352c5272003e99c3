#pragma once

#include <string>

namespace mono::model {

/// Removes blanks before punctuation and English contractions, in the reference's order.
///
/// Source: Transformers' `clean_up_tokenization`: LaVi-Lab/AIM, other_packages/transformers/src/
/// transformers/tokenization_utils_base.py.
void clean_up_blanks(std::string& text);

}  // namespace mono::model
