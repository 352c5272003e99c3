#include "evaluator/bench/card_state.h"

#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace mono::bench {
namespace {

using nlohmann::ordered_json;

void widen(std::optional<Range>& range, const std::optional<Range>& other) {
  if (!other) return;
  if (!range) range = other;
  range->least = std::min(range->least, other->least);
  range->most = std::max(range->most, other->most);
}

void widen(std::optional<Range>& range, std::optional<double> value) {
  if (value) widen(range, Range{.least = *value, .most = *value});
}

void put(ordered_json& json, const char* name, const std::optional<double>& value) {
  if (value) json[name] = *value;
}

void put(ordered_json& json, const char* name, const std::optional<Range>& range) {
  if (range) json[name] = {{"least", range->least}, {"most", range->most}};
}

std::string megahertz(const Range& range) {
  if (range.least == range.most) return fmt::format("{:.0f} MHz", range.most);
  return fmt::format("{:.0f} to {:.0f} MHz", range.least, range.most);
}

}  // namespace

Nvml card_of(at::Device device) {
  constexpr int kLongestBusId = 32;
  std::array<char, kLongestBusId> bus_id{};
  if (!device.is_cuda()) return {};
  const int index = device.has_index() ? device.index() : 0;
  if (cudaDeviceGetPCIBusId(bus_id.data(), kLongestBusId, index) != cudaSuccess) return {};
  return Nvml(bus_id.data());
}

CardState state_of(const Nvml& card) {
  return {.sm_mhz = card.sm_mhz(),
          .memory_mhz = card.memory_mhz(),
          .watts = card.watts(),
          .celsius = card.celsius(),
          .joules = card.joules()};
}

void CardRanges::add(const CardState& state) {
  widen(sm_mhz, state.sm_mhz);
  widen(memory_mhz, state.memory_mhz);
  widen(watts, state.watts);
  widen(celsius, state.celsius);
}

void CardRanges::add(const CardRanges& others) {
  widen(sm_mhz, others.sm_mhz);
  widen(memory_mhz, others.memory_mhz);
  widen(watts, others.watts);
  widen(celsius, others.celsius);
}

void Energy::add(std::optional<double> before, std::optional<double> after, double stretch_seconds,
                 int64_t requests) {
  is_complete = is_complete && before && after;
  joules += after.value_or(0) - before.value_or(0);
  seconds += stretch_seconds;
  num_requests += requests;
  ++num_stretches;
}

std::optional<double> Energy::joules_per_request() const {
  const bool is_long = seconds >= kLeastSeconds * static_cast<double>(num_stretches);
  if (num_requests == 0 || !is_complete || !is_long) return {};
  return joules / static_cast<double>(num_requests);
}

ordered_json card_json(const CardState& state) {
  auto json = ordered_json::object();
  put(json, "sm_mhz", state.sm_mhz);
  put(json, "memory_mhz", state.memory_mhz);
  put(json, "watts", state.watts);
  put(json, "celsius", state.celsius);
  put(json, "joules", state.joules);
  return json;
}

ordered_json card_json(const CardRanges& ranges) {
  auto json = ordered_json::object();
  put(json, "sm_mhz", ranges.sm_mhz);
  put(json, "memory_mhz", ranges.memory_mhz);
  put(json, "watts", ranges.watts);
  put(json, "celsius", ranges.celsius);
  return json;
}

void add_card(ordered_json& entry, const CardRanges& ranges, const Energy& energy) {
  if (auto json = card_json(ranges); !json.empty()) entry["card"] = std::move(json);
  put(entry, "joules_per_request", energy.joules_per_request());
}

std::string card_line(const CardRanges& ranges) {
  std::string text;
  const auto add = [&](const std::string& part) {
    text.append(text.empty() ? "card while timing: " : ", ").append(part);
  };
  if (ranges.sm_mhz) add("SM " + megahertz(*ranges.sm_mhz));
  if (ranges.memory_mhz) add("memory " + megahertz(*ranges.memory_mhz));
  if (ranges.watts) add(fmt::format("{:.0f} W at most", ranges.watts->most));
  if (ranges.celsius) add(fmt::format("{:.0f} degrees at most", ranges.celsius->most));
  return text.empty() ? text : text + "\n";
}

void CardVisit::add_to(ordered_json& report) const {
  auto json = ordered_json::object();
  if (const auto version = card_.driver_version()) json["driver_version"] = *version;
  const auto add = [&](const char* name, const CardState& state) {
    if (auto of_moment = card_json(state); !of_moment.empty()) json[name] = std::move(of_moment);
  };
  add("before", before_);
  add("after", state_of(card_));
  if (!json.empty()) report["context"]["card"] = std::move(json);
}

}  // namespace mono::bench
