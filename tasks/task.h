#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/adapter.h"
#include "tasks/judge.h"
#include "tasks/profile.h"
#include "tasks/reader/place.h"
#include "tasks/sample.h"

namespace mono::tasks {

/// How sure a verdict is.
enum class ScoreState {
  kRead,      // a rule, or a judge, read an answer
  kGuessed,   // nothing could be read; the pipeline's seeded guess stands in its place
  kUnparsed,  // nothing could be read; the value is what the pipeline gives for that, mostly 0
  kUnscored,  // only a judge can say, and none was at hand: the value means nothing
  kFailed,    // another row of its group failed, see `log`: the value means nothing
};

/// The verdict on one response.
struct Score {
  double value = 0;        // on the benchmark's own scale, mostly [0, 1]
  std::string answer{};    // extracted from the response; "" if none
  std::string how{};       // the rule that extracted it
  std::string log{};       // the reference's own words on a group of rows; "" if it has none
  bool is_counted = true;  // false where the value informs but enters no metric (rotated copies)
  ScoreState state = ScoreState::kRead;
  double best_value = 1;  // the most a response to this sample could get
  /// What the reference has on the way from the response to the value, by its names.
  std::vector<std::pair<std::string, std::string>> steps{};
  std::vector<JudgeExchange> asked{};  // in order
  /// Where a grader graded several times: the value of each run; `value` is their mean.
  std::vector<double> run_values{};
};

/// What one sample came to.
struct Row {
  std::shared_ptr<const Sample> sample{};  // never null
  std::string response{};                  // the model's text
  std::string error{};                     // why there is no response; "" exactly when there is one
  std::optional<Score> score{};            // absent until scored, and where `error` is set
  /// What the benchmark's own tool found earlier, as stored with the predictions: a grade for each
  /// run (MM-Vet), the extracted answer (MathVista). Mostly empty.
  std::vector<std::string> stored_verdicts{};
  Place place{};  // of the prediction in its file; no file where it has no number there
};

/// One number of the report.
struct Metric {
  std::string name{};
  std::string split{};                     // "" where the benchmark is not split
  double value = 0;                        // NaN where the split has no row of that category
  std::optional<double> standard_error{};  // absent where the benchmark defines none
  int count = 0;                           // verdicts behind the value
};

/// Between what and what a metric lies, whatever the rows come to of which it is not known.
struct Bounds {
  double low = 0;
  double high = 0;
};

/// A file that a grader or server elsewhere takes.
struct HandIn {
  std::string file_name{};
  std::string content{};
};

/// Why nothing can be said about a row of a set, without its place.
struct RowFault {
  size_t row = 0;
  std::string why{};
};

/// A benchmark: how its samples are asked and how answers are judged, in each of its profiles.
class Task {
 public:
  virtual ~Task() = default;

  virtual std::string_view name() const = 0;

  /// VLMEvalKit's dataset names and other accepted ones; matched without case.
  virtual std::vector<std::string_view> aliases() const = 0;

  /// The recipes this benchmark has, the default one first.
  virtual std::span<const Profile> profiles() const = 0;

  /// The profile the published number most likely came from.
  virtual std::string_view paper_profile() const = 0;

  /// The folder VLMEvalKit stores this benchmark's pictures under; part of `ImageInput::name`.
  virtual std::string image_folder(const Profile& profile) const = 0;

  /// Why no answer to this sample can be scored, without its place; "" where one can. Readers make
  /// such a sample a failed row.
  virtual std::string fault(const Sample& /*sample*/, const Profile& /*profile*/) const {
    return "";
  }

  /// Rows of a file of predictions that stands alone about which nothing can be said for want of
  /// others; in order. Readers make them failed rows.
  virtual std::vector<RowFault> faults_among(std::span<const Row> /*rows*/,
                                             const Profile& /*profile*/) const {
    return {};
  }

  /// What a number over these rows may not be, in a sentence each: the pipeline sees them as they
  /// were surely not meant.
  virtual std::vector<std::string> warnings(std::span<const Row> /*rows*/,
                                            const Profile& /*profile*/) const {
    return {};
  }

  /// What the model is asked. `Request::question` is the text handed to the chat function, which
  /// sets an image marker in front of it where it holds none.
  /// \throws model::SetupError if a picture's base64 text is broken: this row cannot be asked.
  virtual model::Request request(const Sample& sample, const Profile& profile,
                                 Registration registration) const = 0;

  /// Judges all rows of a set at once, so that whole-column steps and groups see every row.
  /// \param judge  Asked where the profile's rules leave a row to one; `no_judge()` never answers.
  /// \returns one verdict a row, in order; none where the row has an error.
  virtual std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                                  Judge& judge) const = 0;

  /// The benchmark's numbers over rows that `score` has judged; `main_metric` is among them.
  /// Rows that are `kUnscored` or `kFailed` do not enter.
  /// \throws model::SetupError if no row has a counted score.
  virtual std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const = 0;

  /// The name of the metric the published table shows.
  virtual std::string_view main_metric(const Profile& profile) const = 0;

  /// The factor from the main metric to the scale of the published table: 100 where the profile
  /// gives a fraction and the table a percentage.
  /// \returns nothing where the main metric is not what the table shows.
  virtual std::optional<double> table_scale(const Profile& /*profile*/) const { return 1; }

  /// Whether a verdict on this sample enters the metrics, whatever it is; rotated copies of a
  /// question do not.
  virtual bool counts(const Sample& /*sample*/, const Profile& /*profile*/) const { return true; }

  /// Where the main metric takes only rows of a split or category, a sample in it for a row that
  /// failed before its own was known.
  /// \returns nothing where the row's own sample does.
  virtual std::optional<Sample> placed_where_it_counts(const Row& /*row*/,
                                                       std::span<const Row> /*rows*/,
                                                       const Profile& /*profile*/) const {
    return std::nullopt;
  }

  /// The bounds of the main metric, whatever the rows come to of which it is not known; the
  /// verdicts on the others are taken as they are, though a row can move them where a column is
  /// typed, or captions are split, as a whole. Unless a task says otherwise: with the worst and
  /// with the best verdict on each.
  virtual Bounds bounds(std::span<const Row> rows, const Profile& profile) const;

  /// The responses as a grader elsewhere takes them.
  /// \returns nothing where the benchmark has none, or no row has a response.
  virtual std::optional<HandIn> hand_in(std::span<const Row> /*rows*/) const {
    return std::nullopt;
  }

  /// The profile of that name; `paper` is the one of `paper_profile`, "" the default.
  /// \throws model::UsageError listing the known names.
  const Profile& profile(std::string_view name) const;
};

/// Sets each row's score to the task's verdict over all of them. Rows of a split that keeps its
/// accepted answers back become `kUnscored`.
void score_rows(const Task& task, const Profile& profile, std::span<Row> rows,
                Judge& judge = no_judge());

/// Whether a row's score enters the metrics.
bool enters_metrics(const Row& row);

/// Whether there is a row whose score enters the metrics; without one there are none.
bool has_counted_score(std::span<const Row> rows);

/// How many rows carry a score that means something; the rest failed or wait for a judge.
int count_scored(std::span<const Row> rows);

/// Rows by what came of them; each row is in one of the five. A question that failed with a row of
/// its group is a failed row too.
struct Tally {
  int read = 0;
  int guessed = 0;
  int unparsed = 0;
  int unscored = 0;
  int failed = 0;
};
Tally tally(std::span<const Row> rows);

/// The bounds of the main metric, whatever guessed, unparsed, unscored and failed rows come to; as
/// `Task::bounds` says, the verdicts on the other rows are taken as they are.
/// \returns nothing where all rows were read, or there is no row.
std::optional<Bounds> main_metric_bounds(const Task& task, const Profile& profile,
                                         std::span<const Row> rows);

}  // namespace mono::tasks
