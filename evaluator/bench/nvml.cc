#include "evaluator/bench/nvml.h"

#include <dlfcn.h>

#include <array>

namespace mono::bench {
namespace {

using Device = struct nvmlDevice_st*;

// Values of nvml.h.
constexpr int kSuccess = 0;
constexpr int kSmClock = 1;
constexpr int kMemoryClock = 2;
constexpr int kChipSensor = 0;
constexpr size_t kVersionSize = 80;

/// A function of the library; null where it has none of that name.
template <typename Function>
Function* named(void* handle, const char* name) {
  return reinterpret_cast<Function*>(dlsym(handle, name));
}

}  // namespace

struct Nvml::Library {
  explicit Library(const char* file) : handle(dlopen(file, RTLD_NOW | RTLD_LOCAL)) {
    if (handle == nullptr) return;
    const auto init = named<int()>(handle, "nvmlInit_v2");
    is_ready = init != nullptr && init() == kSuccess;
  }
  ~Library() {
    const auto shutdown = is_ready ? named<int()>(handle, "nvmlShutdown") : nullptr;
    if (shutdown != nullptr) shutdown();
    if (handle != nullptr) dlclose(handle);
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  void find(const std::string& pci_bus_id) {
    if (!is_ready) return;
    const auto of_bus =
        named<int(const char*, Device*)>(handle, "nvmlDeviceGetHandleByPciBusId_v2");
    Device found = nullptr;
    if (of_bus != nullptr && of_bus(pci_bus_id.c_str(), &found) == kSuccess) device = found;
  }

  /// What a call writes behind its last argument, where there is a card and the call succeeds.
  template <typename Value, typename... Kinds>
  std::optional<double> read(const char* name, Kinds... kinds) const {
    if (device == nullptr) return {};
    const auto call = named<int(Device, Kinds..., Value*)>(handle, name);
    Value value = 0;
    if (call == nullptr || call(device, kinds..., &value) != kSuccess) return {};
    return static_cast<double>(value);
  }

  void* handle = nullptr;
  bool is_ready = false;
  Device device = nullptr;
};

namespace {

std::optional<double> in_thousandths(std::optional<double> value) {
  if (value) *value *= 1e-3;
  return value;
}

}  // namespace

Nvml::Nvml() = default;
Nvml::~Nvml() = default;
Nvml::Nvml(Nvml&&) noexcept = default;
Nvml& Nvml::operator=(Nvml&&) noexcept = default;

Nvml::Nvml(const std::string& pci_bus_id, const char* library) {
  auto opened = std::make_unique<Library>(library);
  opened->find(pci_bus_id);
  if (opened->is_ready) library_ = std::move(opened);
}

std::optional<std::string> Nvml::driver_version() const {
  if (!library_) return {};
  const auto call = named<int(char*, unsigned)>(library_->handle, "nvmlSystemGetDriverVersion");
  std::array<char, kVersionSize + 1> text{};
  if (call == nullptr || call(text.data(), kVersionSize) != kSuccess) return {};
  return text.data();
}

std::optional<double> Nvml::sm_mhz() const {
  if (!library_) return {};
  return library_->read<unsigned>("nvmlDeviceGetClockInfo", kSmClock);
}

std::optional<double> Nvml::memory_mhz() const {
  if (!library_) return {};
  return library_->read<unsigned>("nvmlDeviceGetClockInfo", kMemoryClock);
}

std::optional<double> Nvml::watts() const {
  if (!library_) return {};
  return in_thousandths(library_->read<unsigned>("nvmlDeviceGetPowerUsage"));
}

std::optional<double> Nvml::celsius() const {
  if (!library_) return {};
  return library_->read<unsigned>("nvmlDeviceGetTemperature", kChipSensor);
}

std::optional<double> Nvml::joules() const {
  if (!library_) return {};
  return in_thousandths(library_->read<unsigned long long>("nvmlDeviceGetTotalEnergyConsumption"));
}

}  // namespace mono::bench
