#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tasks/sample.h"

/// Whether a row's accepted answer can be one: where answers are letters, that of an option the row
/// has.
namespace mono::tasks {

struct Layout;

/// What is wrong with a row that has no accepted answer where others have.
inline constexpr std::string_view kNoAnswer =
    "column 'answer': expected an accepted answer, got a missing value";

/// Options of a row: bit k for the letter k.
using OptionSet = uint32_t;

/// The bit of a capital letter.
OptionSet option_bit(char letter);

/// The options of a sample.
OptionSet options_of(const Sample& sample);

/// The options behind those a spreadsheet shows, in which pandas takes a text such as `None` for a
/// missing cell: all in front of the last one there, and as many as every question has.
/// \param num_options  See `Layout::num_options`.
OptionSet with_swallowed(OptionSet shown, int num_options);

/// Why an answer cannot be the accepted one, without its place; "" where it can, where there is
/// none, or where the row has no options to choose from.
std::string letter_fault(std::string_view answer, OptionSet options);

/// The same for a row that has been through a spreadsheet: its options are those that are shown,
/// those in front of them, and those its table has columns for. "" where the layout's answers are
/// no letters.
std::string letter_fault(const Sample& sample, const Layout& layout);

}  // namespace mono::tasks
