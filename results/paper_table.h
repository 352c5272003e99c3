#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/averages.h"
#include "results/run_folder.h"

namespace mono::results {

/// One number of the table and where it comes from.
struct PaperCell {
  double value = 0;                    // on the table's scale
  std::optional<Interval> interval{};  // 95 %, likewise
  std::string recipe{};                // "ivl v1"; "ivl (inferred)" for published ones
  std::string remark{};                // why it is no full score: "100 of 5000 rows"; "" if it is
  std::string source{};                // a samples file, or a document
};

/// A model in one recipe, or as published.
struct PaperColumn {
  std::string title{};
  std::string confidence{};                  // of published numbers; "" of our own
  std::map<std::string, PaperCell> cells{};  // by task
  std::optional<Average> general{};
  std::optional<Average> vqa{};
  std::vector<std::string> remarks{};  // tasks that are not in the table, or not finished

  bool is_published() const { return !confidence.empty(); }
  const PaperCell* find(std::string_view task) const;
};

/// The sixteen rows of the paper beside one another: nine general ones and their average, seven VQA
/// ones and theirs.
struct PaperTable {
  std::vector<PaperColumn> columns{};
};

/// Runs become columns: what was made in the recipe of each row's published number under the run's
/// name, anything else in a column of its recipe. Our averages need all their rows; published ones
/// are recomputed by the published rule.
/// \throws UsageError for a model of which no numbers are published.
PaperTable paper_table(std::span<const RunFolder> runs, std::span<const std::string> published);

std::string paper_table_markdown(const PaperTable& table);
std::string paper_table_latex(const PaperTable& table);
nlohmann::ordered_json paper_table_json(const PaperTable& table);

}  // namespace mono::results
