#include "tasks/text/ptb_abbreviations.h"

#include <algorithm>
#include <array>
#include <string>

#include "tasks/text/ptb_characters.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr std::array<std::string_view, 139> kAbbreviations = {
    "adj",   "adm",  "adv",  "al",   "ala",  "apr",   "ariz",   "assn", "assoc", "asst", "atty",
    "attys", "aug",  "ave",  "bhd",  "bldg", "blvd",  "brig",   "bros", "calif", "capt", "cf",
    "cie",   "cmdr", "co",   "col",  "colo", "comdr", "conn",   "corp", "cos",   "cpl",  "ct",
    "dak",   "dec",  "dept", "det",  "dr",   "drs",   "elec",   "ens",  "esq",   "est",  "etc",
    "ext",   "feb",  "fla",  "fri",  "ft",   "ga",    "gen",    "gov",  "govs",  "hon",  "inc",
    "ind",   "insp", "intl", "jan",  "jos",  "jr",    "jul",    "jun",  "kan",   "kans", "ky",
    "lieut", "lt",   "ltd",  "maj",  "mar",  "md",    "messrs", "mfg",  "mich",  "minn", "mlle",
    "mme",   "mo",   "mon",  "mont", "mr",   "mrs",   "ms",     "msgr", "mt",    "mtg",  "natl",
    "neb",   "nev",  "nov",  "oct",  "okla", "penn",  "pfc",    "ph",   "plc",   "pres", "prof",
    "profs", "pte",  "pty",  "pvt",  "rd",   "rep",   "reps",   "rev",  "rt",    "sen",  "sens",
    "sep",   "sept", "seq",  "sfc",  "sgt",  "spc",   "sq",     "sr",   "st",    "ste",  "supt",
    "supts", "sys",  "tel",  "tenn", "thu",  "thurs", "treas",  "tue",  "tues",  "univ", "va",
    "vs",    "vt",   "wed",  "wis",  "wisc", "wm",    "wyo"};

// With a capital in front only.
constexpr std::array<std::string_view, 11> kNames = {"ark",  "az",  "del", "ill", "la",  "mass",
                                                     "miss", "ore", "pa",  "tex", "wash"};

constexpr std::array<std::string_view, 9> kBeforeNumbers = {"art", "ca", "fig", "figs", "no",
                                                            "nos", "op", "pp",  "prop"};

constexpr std::array<std::string_view, 44> kStarters = {
    "A",       "About", "According", "Additionally", "After",   "An",    "As",   "At",    "But",
    "Earlier", "He",    "Her",       "Here",         "However", "If",    "In",   "It",    "Last",
    "Many",    "More",  "Now",       "Once",         "One",     "Other", "Our",  "She",   "Since",
    "So",      "Some",  "Such",      "That",         "The",     "Their", "Then", "There", "These",
    "They",    "This",  "We",        "What",         "When",    "While", "Yet",  "You"};

template <typename Words>
bool holds(const Words& words, std::string_view word) {
  return std::binary_search(words.begin(), words.end(), word);
}

}  // namespace

bool is_abbreviation(std::string_view word) {
  const auto small = lower(word);
  if (holds(kAbbreviations, small)) return true;
  return word.front() != small.front() && holds(kNames, small);
}

bool is_abbreviation_before_number(std::string_view word) {
  return holds(kBeforeNumbers, lower(word));
}

bool starts_sentence(std::u32string_view text, size_t start) {
  std::string word;
  size_t end = start;
  for (; end < text.size() && ptb::is_letter(text[end]); ++end) append_code_point(word, text[end]);
  return end < text.size() && ptb::is_blank(text[end]) && holds(kStarters, word);
}

}  // namespace mono::tasks
