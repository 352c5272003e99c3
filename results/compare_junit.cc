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
                 const std::string& message, const std::string& details) {
  auto outcome = test.append_child(element);
  set(outcome, "message", message);
  set(outcome, "type", type);
  outcome.text().set(xml_text(details).c_str());
}

pugi::xml_node add_case(pugi::xml_node& suite, const std::string& classname,
                        const std::string& name) {
  auto test = suite.append_child("testcase");
  set(test, "classname", classname);
  set(test, "name", name);
  set(test, "time", "0");
  return test;
}

void add_task(pugi::xml_node& suite, const std::string& classname, const TaskComparison& task) {
  auto test = add_case(suite, classname, task.label);
  if (task.has_regression()) {
    add_outcome(test, "failure", "regression", failure_message(task), details_text(task));
  } else if (task.is_unjudged()) {
    const auto message = fmt::format("{}", fmt::join(unjudged_reasons(task), "; "));
    add_outcome(test, "error", "not judged", message, details_text(task));
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

/// How many of a suite's test cases came to what.
struct Counts {
  size_t tests = 0;
  size_t failures = 0;
  size_t errors = 0;
};

pugi::xml_node add_suite(pugi::xml_node& suites, size_t id, const std::string& name, double seconds,
                         const Counts& counts) {
  auto suite = suites.append_child("testsuite");
  set(suite, "id", std::to_string(id));
  set(suite, "package", "mono-eval");
  set(suite, "name", name);
  set(suite, "hostname", "localhost");
  set(suite, "timestamp",
      fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(static_cast<std::time_t>(seconds))));
  set(suite, "tests", std::to_string(counts.tests));
  set(suite, "failures", std::to_string(counts.failures));
  set(suite, "errors", std::to_string(counts.errors));
  set(suite, "time", "0");
  suite.append_child("properties");
  return suite;
}

void finish_suite(pugi::xml_node& suite, const std::string& output) {
  suite.append_child("system-out").text().set(output.c_str());
  suite.append_child("system-err");
}

void add_baseline(pugi::xml_node& suites, size_t id, const Comparison& comparison,
                  const BaselineComparison& baseline) {
  Counts counts{.tests = baseline.tasks.size()};
  for (const auto& task : baseline.tasks) {
    counts.failures += task.has_regression() ? 1 : 0;
    counts.errors += !task.has_regression() && task.is_unjudged() ? 1 : 0;
  }
  const auto name = fmt::format("{} beside {} ({})", comparison.next.model, baseline.base.model,
                                baseline.base.folder.string());
  auto suite = add_suite(suites, id, name, comparison.next.date, counts);
  for (const auto& task : baseline.tasks) add_task(suite, "mono-eval." + name, task);
  finish_suite(suite, suite_output(baseline));
}

pugi::xml_node begin(pugi::xml_document& document) {
  auto declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  return document.append_child("testsuites");
}

std::string text_of(const pugi::xml_document& document) {
  std::ostringstream text;
  document.save(text, " ", pugi::format_indent, pugi::encoding_utf8);
  return text.str();
}

}  // namespace

std::string comparison_junit(const Comparison& comparison) {
  pugi::xml_document document;
  auto suites = begin(document);
  for (size_t i = 0; i < comparison.baselines.size(); ++i) {
    add_baseline(suites, i, comparison, comparison.baselines[i]);
  }
  return text_of(document);
}

std::string refusal_junit(const Refusal& refusal) {
  pugi::xml_document document;
  auto suites = begin(document);
  const auto name = refusal.next + " beside " + refusal.base;
  auto suite = add_suite(suites, 0, name, static_cast<double>(std::time(nullptr)),
                         {.tests = 1, .errors = 1});
  auto test = add_case(suite, "mono-eval." + name, "comparison");
  add_outcome(test, "error", "not compared", refusal.reason, refusal.reason);
  finish_suite(suite, "");
  return text_of(document);
}

}  // namespace mono::results
