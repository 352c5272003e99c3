#pragma once

#include <c10/core/Device.h>

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>

#include "evaluator/bench/nvml.h"

namespace mono::bench {

/// A CUDA device through NVML; a card nobody can read for the CPU.
Nvml card_of(at::Device device);

/// What could be read of a card at one moment.
struct CardState {
  std::optional<double> sm_mhz{};
  std::optional<double> memory_mhz{};
  std::optional<double> watts{};
  std::optional<double> celsius{};
  std::optional<double> joules{};  // since the driver was loaded
};

/// What can be read of it now.
CardState state_of(const Nvml& card);

/// The least and the most of what was read again and again.
struct Range {
  double least = 0;
  double most = 0;
};

/// A card while something was timed.
struct CardRanges {
  std::optional<Range> sm_mhz{};
  std::optional<Range> memory_mhz{};
  std::optional<Range> watts{};
  std::optional<Range> celsius{};

  /// Widens each range to what was read; what was not read changes nothing.
  void add(const CardState& state);
  void add(const CardRanges& others);
};

/// Energy of requests, from stretches of work between two readings of the card's counter. The
/// counter moves in steps of up to 0.1 s, so a stretch should last kLeastSeconds.
struct Energy {
  static constexpr double kLeastSeconds = 0.6;

  double joules = 0;
  double seconds = 0;
  int64_t num_requests = 0;
  int64_t num_stretches = 0;
  bool is_complete = true;  // no reading was missing

  /// \param before,after  readings of Nvml::joules
  void add(std::optional<double> before, std::optional<double> after, double stretch_seconds,
           int64_t requests);

  /// A mean; nothing where a reading is missing or stretches were shorter on average.
  std::optional<double> joules_per_request() const;
};

/// An object of what is there; empty where nothing is.
nlohmann::ordered_json card_json(const CardState& state);
nlohmann::ordered_json card_json(const CardRanges& ranges);

/// Adds what is there to an entry of `benchmarks`: `card` and `joules_per_request`.
void add_card(nlohmann::ordered_json& entry, const CardRanges& ranges, const Energy& energy);

/// "card while timing: SM 1830 to 1980 MHz, memory 3201 MHz, 475 W at most, 58 degrees at most" and
/// a line's end, of what was read; "" where nothing was.
std::string card_line(const CardRanges& ranges);

/// A card before and after work, for the context of what was measured.
class CardVisit {
 public:
  explicit CardVisit(at::Device device) : CardVisit(card_of(device)) {}
  explicit CardVisit(Nvml card) : card_(std::move(card)), before_(state_of(card_)) {}

  /// Adds `card` to the context: driver_version, before and after (as it is now), whatever could be
  /// read; nothing where nothing could.
  void add_to(nlohmann::ordered_json& report) const;

 private:
  Nvml card_;
  CardState before_;
};

}  // namespace mono::bench
