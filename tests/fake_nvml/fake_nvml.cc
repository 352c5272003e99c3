#include <cstdio>
#include <cstring>

// A library with NVML's names for one card; FAILS makes every call about the card fail behind a
// value that must not be used.
namespace {

#ifdef FAILS
constexpr int kResult = 3;  // NVML_ERROR_NOT_SUPPORTED
#else
constexpr int kResult = 0;
#endif

struct Card {
  unsigned long long millijoules = 5000;
} card;

bool is_card(const void* device) {
  return device == &card;
}

}  // namespace

extern "C" {

int nvmlInit_v2() {
  return 0;
}

int nvmlShutdown() {
  return 0;
}

int nvmlDeviceGetHandleByPciBusId_v2(const char* bus_id, void** device) {
  if (std::strcmp(bus_id, "0000:1B:00.0") != 0) return 6;  // NVML_ERROR_NOT_FOUND
  *device = &card;
  return 0;
}

int nvmlSystemGetDriverVersion(char* text, unsigned size) {
  std::snprintf(text, size, "580.159.04");
  return kResult;
}

int nvmlDeviceGetClockInfo(void* device, int kind, unsigned* megahertz) {
  *megahertz = kind == 1 ? 1980 : 3201;
  return is_card(device) && (kind == 1 || kind == 2) ? kResult : 2;
}

int nvmlDeviceGetPowerUsage(void* device, unsigned* milliwatts) {
  *milliwatts = 475'250;
  return is_card(device) ? kResult : 2;
}

int nvmlDeviceGetTemperature(void* device, int sensor, unsigned* celsius) {
  *celsius = 61;
  return is_card(device) && sensor == 0 ? kResult : 2;
}

int nvmlDeviceGetTotalEnergyConsumption(void* device, unsigned long long* millijoules) {
  *millijoules = card.millijoules;
  card.millijoules += 1500;
  return is_card(device) ? kResult : 2;
}

}  // extern "C"
