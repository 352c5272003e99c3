#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/program.h"

namespace mono::tests {

/// What the model is made to answer to each of OCRBench's made-up rows.
struct Answers {
  int rows = 100;
  int first_wrong = 0;  // rows [first_wrong, first_wrong + num_wrong) are answered wrong
  int num_wrong = 0;
  int num_missing = 0;         // the last so many rows have no answer at all
  bool is_reversed = false;    // the file of predictions holds the rows backwards
  const char* data_note = "";  // makes another data file of the same rows
  int rows_a_picture = 1;
  bool refers_to_pictures = false;  // a row names the first one with its picture
};

/// Writes data and predictions of 0/1 rows and runs them through the real program.
class RunMaker {
 public:
  explicit RunMaker(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::filesystem::path run_folder(const std::string& name) const {
    return folder_ / name / "made";
  }
  std::filesystem::path task_folder(const std::string& name) const {
    return run_folder(name) / "ocrbench.vek";
  }

  /// The arguments of the run; data and predictions are written.
  std::string arguments(const std::string& name, const Answers& answers,
                        const std::string& more = "") const {
    write_data(name, answers);
    write_predictions(name, answers);
    return "run --model made=" + (folder_ / (name + ".jsonl")).string() +
           " --tasks ocrbench --data " + (folder_ / (name + "-data")).string() + " --output-path " +
           (folder_ / name).string() + " " + more +
           (more.find("--profile") == std::string::npos ? " --profile vek" : "");
  }

  Finished run(const std::string& name, const Answers& answers,
               const std::string& more = "") const {
    return run_mono_eval(arguments(name, answers, more));
  }

 private:
  static std::string id(int row) { return std::to_string(row); }

  /// Base64 of a picture that nothing decodes; 64 characters or fewer would name another row.
  static std::string picture(int number) {
    std::string text;
    for (int i = 0; i < 20; ++i) text += "QUJD";
    const auto digits = id(number);
    return text + std::string(8 - digits.size(), '0') + digits;
  }

  void write_data(const std::string& name, const Answers& answers) const {
    std::string table = "index\timage\tquestion\tanswer\tcategory\n";
    for (int row = 0; row < answers.rows; ++row) {
      const int first = row - row % answers.rows_a_picture;
      const bool refers = answers.refers_to_pictures && first != row;
      table += id(row) + "\t" + (refers ? id(first) : picture(first)) + "\tword " + id(row) +
               answers.data_note + "?\t\"['w" + id(row) + "x']\"\tRegular Text Recognition\n";
    }
    write_file(folder_ / (name + "-data") / "OCRBench.tsv", table);
  }

  void write_predictions(const std::string& name, const Answers& answers) const {
    std::vector<std::string> lines;
    for (int row = 0; row + answers.num_missing < answers.rows; ++row) {
      const bool is_wrong =
          row >= answers.first_wrong && row < answers.first_wrong + answers.num_wrong;
      lines.push_back(R"({"id": ")" + id(row) + R"(", "response": ")" +
                      (is_wrong ? "no idea" : "w" + id(row) + "x") + "\"}\n");
    }
    if (answers.is_reversed) std::reverse(lines.begin(), lines.end());
    std::string predictions;
    for (const auto& line : lines) predictions += line;
    write_file(folder_ / (name + ".jsonl"), predictions);
  }

  std::filesystem::path folder_;
};

/// Replaces the first `from` in a file.
inline void edit_file(const std::filesystem::path& path, const std::string& from,
                      const std::string& to) {
  auto text = read_file(path);
  const auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from << " is not in " << path;
  write_file(path, text.replace(at, from.size(), to));
}

}  // namespace mono::tests
