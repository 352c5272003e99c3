#pragma once

#include <memory>
#include <optional>
#include <string>

namespace mono::bench {

/// One card as NVIDIA's management library shows it, loaded when it is asked for: a machine without
/// it has no readings, and neither has a card that the library does not know. No reading stands for
/// a call that failed.
///
/// Source: NVML API Reference Guide, Device Queries and System Queries (docs.nvidia.com/deploy/
/// nvml-api).
class Nvml {
 public:
  static constexpr const char* kLibrary = "libnvidia-ml.so.1";

  /// A card nobody can read.
  Nvml();
  /// \param pci_bus_id  as cudaDeviceGetPCIBusId names the card
  /// \param library     file that dlopen finds
  explicit Nvml(const std::string& pci_bus_id, const char* library = kLibrary);
  ~Nvml();
  Nvml(Nvml&&) noexcept;
  Nvml& operator=(Nvml&&) noexcept;

  std::optional<std::string> driver_version() const;
  std::optional<double> sm_mhz() const;
  std::optional<double> memory_mhz() const;
  std::optional<double> watts() const;    // as the card last reported it, which may be a mean
  std::optional<double> celsius() const;  // of the chip
  std::optional<double> joules() const;   // since the driver was loaded, in steps of up to 0.1 s

 private:
  struct Library;
  std::unique_ptr<const Library> library_;
};

}  // namespace mono::bench
