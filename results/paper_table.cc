#include "results/paper_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/adapter.h"
#include "results/reference/published.h"

namespace mono::results {

namespace {

bool is_table_row(std::string_view task) {
  const auto is_named = [&](const AveragedRow& row) { return row.task == task; };
  return std::any_of(general9().begin(), general9().end(), is_named) ||
         std::any_of(vqa7().begin(), vqa7().end(), is_named);
}

/// What keeps a number from being a full score.
std::string remark_of(const RunTask& task) {
  std::string remark;
  const auto add = [&](const std::string& reason) {
    remark += (remark.empty() ? "" : ", ") + reason;
  };
  if (task.num_rows < task.rows_in_dataset) {
    add(fmt::format("{} of {} rows", task.num_rows, task.rows_in_dataset));
  }
  if (task.num_scored < task.num_rows) {
    add(fmt::format("{} rows without a score", task.num_rows - task.num_scored));
  }
  if (task.is_capped) add("answers cut short");
  return remark;
}

void add_averages(PaperColumn& column, MissingRows missing) {
  const auto value_of = [&](std::string_view task) -> std::optional<double> {
    const auto* const cell = column.find(task);
    return cell == nullptr ? std::nullopt : std::optional(cell->value);
  };
  column.general = average(general9(), value_of, missing);
  column.vqa = average(vqa7(), value_of, missing);
}

PaperColumn published_column(const std::string& model) {
  const auto known = published_models();
  PaperColumn column{.title = model + " (published)"};
  for (const auto& rows : {general9(), vqa7()}) {
    for (const auto& row : rows) {
      const auto value = published(model, row.task);
      if (!value) continue;
      column.confidence = value->confidence;
      column.cells[std::string(row.task)] = {
          .value = value->value, .recipe = value->recipe + " (inferred)", .source = value->source};
    }
  }
  if (column.cells.empty()) {
    std::string list;
    for (const auto& name : known) list += " '" + name + "'";
    model::fail<model::UsageError>("no published numbers of '", model, "'; known:", list);
  }
  add_averages(column, MissingRows::kAsPublished);
  return column;
}

class RunColumns {
 public:
  explicit RunColumns(const RunFolder& run) : run_(run) {
    for (const bool is_row : {true, false}) {  // what is no row of the table adds no column to it
      for (const auto& task : run.tasks) {
        if (is_table_row(task.task) == is_row) add(task);
      }
    }
    for (auto& column : columns_) add_averages(column, MissingRows::kMakeNone);
  }

  std::vector<PaperColumn> take() { return std::move(columns_); }

 private:
  PaperColumn& column(const std::string& title) {
    const auto found = std::find_if(columns_.begin(), columns_.end(),
                                    [&](const PaperColumn& one) { return one.title == title; });
    if (found != columns_.end()) return *found;
    columns_.push_back({.title = title});
    return columns_.back();
  }

  PaperColumn& column_of(const RunTask& task) {
    const auto in_recipe = run_.model + " [" + task.profile + "]";
    if (is_table_row(task.task)) {
      return column(task.profile == published_recipe(task.task) ? run_.model : in_recipe);
    }
    if (columns_.empty()) return column(run_.model);
    const bool has_recipe = std::any_of(columns_.begin(), columns_.end(),
                                        [&](const auto& one) { return one.title == in_recipe; });
    return has_recipe ? column(in_recipe) : columns_.front();
  }

  void add(const RunTask& task) {
    auto& target = column_of(task);
    if (!task.is_complete) {
      target.remarks.push_back(task.label + ": unfinished");
    } else if (task.num_scored == 0) {
      target.remarks.push_back(task.label + ": no row has a score");
    } else if (!task.cell.value) {
      target.remarks.push_back(task.label + ": no number of the table's kind");
    } else if (!is_table_row(task.task)) {
      const auto remark = remark_of(task);
      target.remarks.push_back(fmt::format("{}: {:.2f}", task.label, *task.cell.value) +
                               (remark.empty() ? "" : " (" + remark + ")"));
    } else {
      target.cells[task.task] = {
          .value = *task.cell.value,
          .interval = task.cell.interval,
          .recipe = fmt::format("{} v{}", task.profile, task.profile_version),
          .remark = remark_of(task),
          .source = task.samples.string()};
    }
  }

  const RunFolder& run_;
  std::vector<PaperColumn> columns_{};
};

}  // namespace

const PaperCell* PaperColumn::find(std::string_view task) const {
  const auto found = cells.find(std::string(task));
  return found == cells.end() ? nullptr : &found->second;
}

PaperTable paper_table(std::span<const RunFolder> runs, std::span<const std::string> published) {
  PaperTable table;
  for (const auto& run : runs) {
    for (auto& column : RunColumns(run).take()) table.columns.push_back(std::move(column));
  }
  for (const auto& model : published) table.columns.push_back(published_column(model));
  return table;
}

}  // namespace mono::results
