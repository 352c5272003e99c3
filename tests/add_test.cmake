# A test's own code, and what headers put into it, is compiled for a short build; the libraries under
# test are optimised as everywhere.
add_library(mono_test_options INTERFACE)
target_link_libraries(mono_test_options INTERFACE mono_options GTest::gtest)
target_compile_options(mono_test_options INTERFACE $<$<CONFIG:Release>:-O1>)

# What every test includes, parsed once for each half.
add_library(mono_text_tests_headers OBJECT precompiled.cc)
target_link_libraries(mono_text_tests_headers PRIVATE mono_test_options nlohmann_json::nlohmann_json)
target_precompile_headers(mono_text_tests_headers PRIVATE <gtest/gtest.h> <nlohmann/json.hpp>
  <filesystem> <fstream> <functional> <map> <optional> <sstream> <string> <vector>)
add_library(mono_torch_tests_headers OBJECT precompiled.cc)
target_link_libraries(mono_torch_tests_headers PRIVATE mono_test_options torch
  nlohmann_json::nlohmann_json)
target_precompile_headers(mono_torch_tests_headers PRIVATE <ATen/ATen.h> <torch/library.h>
  <gtest/gtest.h> <nlohmann/json.hpp>)

# mono_take_headers(<name> <library>...): those of the half that the libraries belong to.
function(mono_take_headers name)
  set(half text)
  foreach(library mono_kernels mono_model mono_native mono_bench)
    if(library IN_LIST ARGN)
      set(half torch)
    endif()
  endforeach()
  target_precompile_headers(${name} REUSE_FROM mono_${half}_tests_headers)
endfunction()

# mono_add_test(<name> <library>...): builds <name>.cc, one CTest entry.
# One entry an executable, not gtest_discover_tests: CTest would keep a discovered list until the
# executable changes, and a case that is gone would count as passed.
function(mono_add_test name)
  add_executable(${name} ${name}.cc)
  target_link_libraries(${name} PRIVATE mono_test_options ${ARGN} GTest::gtest_main)
  mono_take_headers(${name} ${ARGN})
  target_compile_definitions(${name} PRIVATE
    MONO_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    MONO_DEFAULT_GOLDEN="${PROJECT_SOURCE_DIR}/../shared/golden"
    MONO_DEFAULT_FIXTURES="${PROJECT_SOURCE_DIR}/../shared/fixtures")
  add_test(NAME ${name} COMMAND ${name})
endfunction()

# mono_add_golden_test(<kind> <library>...): builds golden_<kind>_test.cc, which has a main of its
# own that lists MONO_GOLDEN when it runs; exit code 77 is a skip.
# DATA names the folder of the golden data where it is not the kind's own.
function(mono_add_golden_test kind)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "DATA" "")
  set(ARGN ${arg_UNPARSED_ARGUMENTS})
  if(NOT arg_DATA)
    set(arg_DATA ${kind})
  endif()
  set(name golden_${kind}_test)
  add_executable(${name} ${name}.cc)
  target_link_libraries(${name} PRIVATE mono_test_options ${ARGN})
  mono_take_headers(${name} ${ARGN})
  target_compile_definitions(${name} PRIVATE
    MONO_DEFAULT_GOLDEN="${PROJECT_SOURCE_DIR}/../shared/golden")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME golden_${kind} COMMAND ${name})
  set_tests_properties(golden_${kind} PROPERTIES LABELS golden SKIP_RETURN_CODE 77)
  # The copy that a clone carries, so that a clone alone proves something.
  if(IS_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/golden/${arg_DATA})
    add_test(NAME golden_${kind}_own COMMAND ${name})
    set_tests_properties(golden_${kind}_own PROPERTIES LABELS golden
      ENVIRONMENT "MONO_GOLDEN=${CMAKE_CURRENT_SOURCE_DIR}/golden;MONO_FIXTURES=${CMAKE_CURRENT_SOURCE_DIR}/fixtures")
  endif()
endfunction()
