#pragma once

#include <cstdint>
#include <string>

#include "model/adapter.h"

namespace mono::tasks {

/// How VLMEvalKit knows a model: `v2.0` (Mono-InternVL, InternVL2 and later) or `v1.5`
/// (Mini-InternVL-Chat-2B-V1-5). Image markers and generation settings differ.
enum class Registration { kV20, kV15 };

/// The registration `AdapterInfo::registration` names.
/// \throws model::UsageError unless `name` is `v2.0` or `v1.5`.
Registration parse_registration(const std::string& name);

/// Which scripts built the message.
enum class Pipeline { kInternVl, kVlmEvalKit };

/// How the pipeline hands a message and its pictures to the model.
struct MessageRules {
  Pipeline pipeline = Pipeline::kVlmEvalKit;
  std::string short_answer_join = "\n";  // between a question and the short-answer sentence
  char last_choice = 'Z';                // options behind this letter are not shown
  int max_tiles = 6;                     // thumbnail not counted
  bool shares_tile_budget = false;       // never more than 64 / number of images, at least 1
  bool removes_image_run = false;        // `<Image-1>...<Image-N>` deleted; else left at the end
  bool names_single_image = false;       // one picture takes the name in `image_path` too
  std::string image_extension{};         // of the file a picture is written to: ".png", ".jpg"
  bool drops_alpha_of_gray = false;      // VLMEvalKit: before a picture is written as JPEG
  bool keeps_stored_mode = false;        // tiled in the file's own mode
  int64_t max_pixels = 178956970;        // larger pictures are refused
  bool asks_in_chinese = false;          // InternVL: by data set; VLMEvalKit goes by content
  bool strips_text = false;              // InternVL: no white space around the finished text
  bool doubles_first_image = false;      // width and height; VLMEvalKit: registration v2.0 only
  int max_tiles_of_others = 0;           // of all pictures but the first; 0: as the first
  std::string image_folder{};            // VLMEvalKit's; "" where it is the task's usual one
  model::Decoding decoding{};            // registration v2.0
  model::Decoding decoding_v15{};        // registration v1.5
};

/// Whether and how scoring goes through a spreadsheet that is written and read again.
struct SheetRules {
  bool is_used = false;
  bool is_behind_cells = false;  // rows come from the sheet; what scoring finds still goes through
  bool zeroes_formulas = false;  // a text that looks like a formula comes back as 0
};

/// How an option letter is found in an answer.
struct LetterRules {
  bool only_last_four_tokens = false;  // a lone letter further from the end does not count
  bool reads_answer_is = false;        // late pattern `answer is X`, without a word boundary
  bool skips_long_texts = false;       // no option-text step on answers over twice all option texts
  bool reads_marked_letters = false;   // InternVL: `X.` and `(X)` too; a blank answer stays blank
  bool starts_with_internvl = false;   // VLMEvalKit is given the letter InternVL's script writes
  bool parses_and_guesses = false;     // MMMU's own parser, with its seeded guess
  bool rewrites_open_rows = false;     // no option A: A is the accepted answer, B `Other Answers`
};

/// How answers are normalised before the VQA soft accuracy.
struct VqaRules {
  bool m4c_pre_step = false;              // lower case, `,` and `?` deleted, `'s` split off
  bool keeps_period_after_digit = false;  // `5.` stays `5.`
  bool leaves_agreed_answers = false;     // as they are where all references are the same
  bool sums_left_to_right = false;        // else NumPy's pairwise mean
};

/// Who grades MM-Vet's answers.
enum class MmVetGrader { kVlmEvalKit, kOfficial };

struct MmVetRules {
  MmVetGrader grader = MmVetGrader::kVlmEvalKit;
  int num_runs = 1;  // how often everything is graded
};

/// How MathVista's extracted answers are scored and added up.
struct MathVistaRules {
  bool takes_float_precision = true;  // else a precision stored as 1.0 leaves a float unreadable
  bool gives_fractions = false;       // accuracies as unrounded fractions, not rounded percentages
};

/// What an answer cell says.
struct TargetRules {
  bool evaluates_lists = false;  // `[2014, 2015]` is two answers; else only a list of texts is one
};

/// How a number counts as right within five percent (ChartQA).
struct RelaxedRules {
  bool measures_against_answer = false;  // the arguments are swapped: error relative to the answer
};

/// How the similarity of a document question's answer is measured.
struct AnlsRules {
  bool has_list_evaluator = false;  // answers without question ids go to another function
};

/// How captions are scored.
struct CaptionRules {
  bool tokenizes = true;    // else words are what stands between blanks, as they are
  bool is_percent = false;  // all numbers times 100
};

/// The recipe of a published number: data, versioned, stored with each result.
struct Profile {
  std::string name{};  // "ivl", "vek", "vek-2024"
  int version = 1;     // raised by one whenever a change can move a score
  std::string what{};  // one sentence
  /// Only scores answers that another profile asked for: an official grader, a stand-in for a
  /// server. Its message rules mean nothing.
  bool is_scorer = false;
  /// Cells stay the texts of their file, whatever the pipeline makes of them: to be written again.
  bool keeps_texts = false;
  MessageRules message{};
  SheetRules sheet{};
  LetterRules letter{};
  VqaRules vqa{};
  MmVetRules mmvet{};
  MathVistaRules mathvista{};
  TargetRules target{};
  RelaxedRules relaxed{};
  AnlsRules anls{};
  CaptionRules caption{};
};

inline bool is_internvl(const Profile& profile) {
  return profile.message.pipeline == Pipeline::kInternVl;
}
inline bool is_vlmevalkit(const Profile& profile) {
  return profile.message.pipeline == Pipeline::kVlmEvalKit;
}

}  // namespace mono::tasks
