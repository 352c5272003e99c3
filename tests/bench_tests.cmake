# What measures: bench, and the script that does it on a GPU.
add_subdirectory(fake_nvml)
foreach(test bench_card_test bench_interval_test bench_kernels_test bench_plain_run_test bench_preprocess_test bench_ratios_test
    bench_request_test bench_roofline_test bench_rounds_test bench_shapes_test bench_workload_test)
  mono_add_test(${test} mono_bench nlohmann_json::nlohmann_json)
endforeach()
target_link_libraries(bench_preprocess_test PRIVATE OpenSSL::Crypto)
target_compile_definitions(bench_card_test PRIVATE FAKE_NVML="$<TARGET_FILE:fake_nvml>"
  FAILING_NVML="$<TARGET_FILE:failing_nvml>" EMPTY_NVML="$<TARGET_FILE:empty_nvml>")
add_dependencies(bench_card_test fake_nvml failing_nvml empty_nvml)

add_test(NAME gpu_check COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/gpu_check_test.py
  ${PROJECT_SOURCE_DIR})
