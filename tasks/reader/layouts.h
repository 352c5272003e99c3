#pragma once

#include <string_view>
#include <utility>
#include <vector>

/// How each benchmark's rows look in InternVL's JSON files and in Hugging Face datasets, as data:
/// which of their fields becomes which column of VLMEvalKit's table, the form all readers bring a
/// dataset to.
namespace mono::tasks {

/// How a column is made from the fields of a row.
enum class Making {
  kText,            // the field's text; numbers and booleans as Python's str() gives them
  kAnswers,         // a text, or a list (of texts, of objects with `answer`) as a list literal
  kOneAnswer,       // the same, but a list of one text is that text
  kList,            // a list of texts as a list literal
  kWords,           // a list of texts joined by `text`
  kOptions,         // a list of texts, or a literal of one: columns A, B ...
  kLetterOfIndex,   // 0 becomes A
  kLetterOfChoice,  // the letter of the second field's text among the first field's list
  kJoined,          // all fields joined by `text`
  kPrefixed,        // the field's text with `text` in front, unless it begins so
  kWithoutPrefix,   // without `text` in front
  kFirstPart,       // what stands before `text`
  kMapped,          // by `values`; a value that is not among them stays
  kImageNumber,     // an integer, or the last number in a picture's file name
  kPicturePaths,    // the names the file gives its pictures: one, or a list literal of several
};

struct ColumnSource {
  std::string_view column{};
  /// The first field that the row has; `a.b` is field b of object a. All of them for kJoined.
  std::vector<std::string_view> fields{};
  Making making = Making::kText;
  std::string_view text{};
  std::vector<std::pair<std::string_view, std::string_view>> values{};
};

/// The file of rows itself, where its annotations are in a second list.
inline constexpr std::string_view kSameFile = ".";

/// A file beside the rows that holds more about them: accepted answers, options.
struct Annotations {
  std::vector<std::string_view> files{};  // beside the rows' file; the first that is there
  std::string_view list{};                // the field that lists them; "": an object by id
  std::string_view key{};                 // the field that holds a row's id
  std::string_view collected{};  // a text of several elements: collected as field `captions`
};

/// Where a Hugging Face dataset's Parquet files lie below a data folder.
struct HubFiles {
  std::vector<std::string_view> folders{};  // any folder on the path has one of these names
  std::vector<std::string_view> configs{};  // the file's own folder has one of these, if any
  std::vector<std::string_view> splits{};   // the file's name begins so
};

/// Pictures that a dataset keeps in files of their own, found by a field of the row.
struct PictureTable {
  std::string_view rows_word{};      // in the path of the rows' file ...
  std::string_view pictures_word{};  // ... has this in its place in that of the pictures'
  std::string_view row_key{};
  std::string_view picture_key{};
};

/// One benchmark.
struct Layout {
  std::string_view task{};
  std::vector<ColumnSource> columns{};
  std::vector<std::string_view> images = {"image"};  // fields that hold pictures; see all_images
  bool all_images = false;            // a row has several pictures; else the first field there is
  std::string_view rows_list{};       // the field of a JSON file that lists the rows
  std::string_view image_folder{};    // of pictures named by their files, below the rows' folder
  std::string_view skipped_unless{};  // a field whose value ...
  std::string_view skipped_value{};   // ... is this in the rows that belong to the benchmark
  std::string_view sorted_by{};       // the column that orders rows before they are numbered
  int first_index = -1;               // rows are numbered from here; -1: they have ids
  bool internvl_reads_table = false;  // InternVL's scripts read it with pandas too
  bool answers_are_letters = false;   // of the row's options, where it has any
  int num_options = 0;                // of every question; 0 where they differ
  bool needs_question = true;
  bool has_options_in_question = false;     // InternVL's question ends in options and instruction
  std::vector<std::string_view> ignored{};  // fields that say nothing about the row
  Annotations annotations{};
  std::vector<std::string_view> internvl_files{};  // below InternVL's folder: all of them, or
  std::string_view internvl_else{};                // this one where they are not there
  HubFiles hub{};
  PictureTable picture_table{};
};

/// The layout of a task, by the task's name; for a task that is not listed, one with the usual
/// names of fields.
const Layout& layout_of(std::string_view task);

/// All layouts, one of them for several tasks where only the files differ.
const std::vector<Layout>& all_layouts();

}  // namespace mono::tasks
