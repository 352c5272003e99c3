#include "evaluator/environment.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "evaluator/git_commit.h"
#include "evaluator/task_extras.h"
#include "model/native/digest.h"
#include "model/native/versions.h"
#include "tasks/text/utf8.h"

namespace mono::evaluator {

namespace {

using nlohmann::ordered_json;

ordered_json facts_json(const model::Facts& facts) {
  auto json = ordered_json::object();
  for (const auto& [name, value] : facts) json[name] = value;
  return json;
}

/// The value behind the first line of a file that begins with `key`; "" if there is none.
std::string value_in(const char* file, std::string_view key, char separator) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(key)) continue;
    const auto begin = line.find_first_not_of(" \t\"", line.find(separator) + 1);
    if (begin == std::string::npos) return "";
    return line.substr(begin, line.find_last_not_of(" \t\"") + 1 - begin);
  }
  return "";
}

std::string first_line(const char* file) {
  std::ifstream lines(file);
  std::string line;
  std::getline(lines, line);
  return line;
}

ordered_json machine_json() {
  utsname system = {};
  uname(&system);
  ordered_json json = {{"os", value_in("/etc/os-release", "PRETTY_NAME=", '=')},
                       {"kernel", system.release},
                       {"cpu", value_in("/proc/cpuinfo", "model name", ':')},
                       {"logical_cores", std::thread::hardware_concurrency()},
                       {"memory", value_in("/proc/meminfo", "MemTotal", ':')}};
  const auto clock = first_line("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq");
  if (!clock.empty()) json["cpu_peak_clock_khz"] = clock;
  const auto governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  if (!governor.empty()) json["cpu_governor"] = governor;
  return json;
}

ordered_json command_line() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  auto arguments = ordered_json::array();
  for (std::string argument; std::getline(file, argument, '\0');) {
    tasks::repair_utf8(argument);
    arguments.push_back(argument);
  }
  return arguments;
}

std::string detail(const model::AdapterInfo& info, std::string_view name) {
  for (const auto& [key, value] : info.details) {
    if (key == name) return value;
  }
  return "";
}

ordered_json model_json(const std::string& model, const model::AdapterInfo& info) {
  ordered_json json = {{"name", model},
                       {"kind", info.kind},
                       {"sha256", info.fingerprint},
                       {"registration", info.registration}};
  for (const auto& [name, value] : info.details) json[name] = value;
  return json;
}

}  // namespace

ordered_json run_environment(const std::string& model, const model::AdapterInfo& info,
                             const std::vector<TaskPlan>& plans) {
  auto data = ordered_json::object();
  for (const auto& plan : plans) {
    data[task_label(plan)] = {{"file", plan.data_file}, {"sha256", plan.data_sha256}};
  }
  const auto device = detail(info, "device");
  return {{"program",
           {{"name", "mono-eval"},
            {"version", MONO_VERSION},
            {"git_commit", git_commit()},
            {"binary_sha256", model::sha256_of_file("/proc/self/exe")}}},
          {"libraries", facts_json(model::library_versions())},
          {"machine", machine_json()},
          {"device", device.empty() ? ordered_json() : facts_json(model::device_facts(device))},
          {"model", model_json(model, info)},
          {"data", data},
          {"command_line", command_line()},
          {"seed", 0},
          {"mode", detail(info, "mode")}};
}

std::string git_commit() {
  return kGitCommit;
}

std::string environment_text(const ordered_json& environment) {
  std::string device;
  if (environment["device"].is_object()) device = environment["device"]["name"];
  return fmt::format("{}, {}, {}, libtorch {}", environment["machine"]["os"].get<std::string>(),
                     environment["machine"]["cpu"].get<std::string>(),
                     device.empty() ? "no device" : device,
                     environment["libraries"]["libtorch"].get<std::string>());
}

}  // namespace mono::evaluator
