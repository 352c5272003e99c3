// A library that starts and has no other function of NVML's.
extern "C" int nvmlInit_v2() {
  return 0;
}
