#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <pugixml.hpp>
#include <sstream>
#include <string_view>

#include "results/compare_cells.h"
#include "results/compare_text.h"

namespace mono::results {

namespace {

/// Without what XML 1.0 cannot hold: control characters, U+FFFE and U+FFFF.
std::string xml_text(const std::string& text) {
  std::string clean;
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    clean += code < 0x20 && byte != '\n' && byte != '\t' ? ' ' : byte;
  }
  for (const std::string_view noncharacter : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (size_t at = 0; (at = clean.find(noncharacter, at)) != std::string::npos;) {
      clean.replace(at, noncharacter.size(), " ");
    }
  }
  return clean;
}

void set(pugi::xml_node& node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(xml_text(value).c_str());
}

std::string details_text(const TaskComparison& task) {
  std::string text;
  for (const auto& line : task_details(task)) text += line + "\n";
  if (!task.changed.empty()) text += terminal_grid(changed_grid(task), kChangedTextColumns);
  return text;
}

std::string failure_message(const TaskComparison& task) {
  if (task.scores.verdict == Verdict::kWorse) return task.scores.reason;
  if (!task.is_slower()) {
    return fmt::format("rows a second: {:.3f} times the baseline", task.throughput->ratio);
  }
  return fmt::format("slower: {:.3f} times the baseline", task.latency->stages.front().ratio);
}

void add_outcome(pugi::xml_node& test, const char* element, const char* type,
                 const std::string& message, const TaskComparison& task) {
  auto outcome = test.append_child(element);
  set(outcome, "message", message);
  set(outcome, "type", type);
  outcome.text().set(xml_text(details_text(task)).c_str());
}

void add_case(pugi::xml_node& suite, const std::string& classname, const TaskComparison& task) {
  auto test = suite.append_child("testcase");
  set(test, "classname", classname);
  set(test, "name", task.label);
  set(test, "time", "0");
  if (task.has_regression()) {
    add_outcome(test, "failure", "regression", failure_message(task), task);
  } else if (task.is_unjudged()) {
    add_outcome(test, "error", "not judged",
                fmt::format("{}", fmt::join(unjudged_reasons(task), "; ")), task);
  }
}

/// What the passing tasks came to, which a test case has no place for in every dialect.
std::string suite_output(const BaselineComparison& baseline) {
  std::string text;
  for (const auto& task : baseline.tasks) {
    text += fmt::format("{}: {}\n", task.label, name_of(task.scores.verdict)) + details_text(task);
  }
  return xml_text(text);
}

void add_suite(pugi::xml_node& suites, size_t id, const Comparison& comparison,
               const BaselineComparison& baseline) {
  size_t failures = 0, errors = 0;
  for (const auto& task : baseline.tasks) {
    failures += task.has_regression() ? 1 : 0;
    errors += !task.has_regression() && task.is_unjudged() ? 1 : 0;
  }
  auto suite = suites.append_child("testsuite");
  const auto name = fmt::format("{} beside {} ({})", comparison.next.model, baseline.base.model,
                                baseline.base.folder.string());
  set(suite, "id", std::to_string(id));
  set(suite, "package", "mono-eval");
  set(suite, "name", name);
  set(suite, "hostname", "localhost");
  set(suite, "timestamp",
      fmt::format("{:%Y-%m-%dT%H:%M:%S}",
                  fmt::gmtime(static_cast<std::time_t>(comparison.next.date))));
  set(suite, "tests", std::to_string(baseline.tasks.size()));
  set(suite, "failures", std::to_string(failures));
  set(suite, "errors", std::to_string(errors));
  set(suite, "time", "0");
  suite.append_child("properties");
  for (const auto& task : baseline.tasks) add_case(suite, "mono-eval." + name, task);
  suite.append_child("system-out").text().set(suite_output(baseline).c_str());
  suite.append_child("system-err");
}

}  // namespace

std::string comparison_junit(const Comparison& comparison) {
  pugi::xml_document document;
  auto declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  auto suites = document.append_child("testsuites");
  for (size_t i = 0; i < comparison.baselines.size(); ++i) {
    add_suite(suites, i, comparison, comparison.baselines[i]);
  }
  std::ostringstream text;
  document.save(text, " ", pugi::format_indent, pugi::encoding_utf8);
  return text.str();
}

}  // namespace mono::results
