# Pictures: decoding, tiles, pixels.
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
mono_add_golden_test(image mono_image_file nlohmann_json::nlohmann_json OpenSSL::Crypto)
mono_add_golden_test(tiles mono_image_file nlohmann_json::nlohmann_json OpenSSL::Crypto)
mono_add_test(image_resize_test mono_pixels)
# The same pictures through the kernel, whose test needs no OpenCV: packed for it.
add_executable(pack_rgb_pictures pack_rgb_pictures.cc)
target_link_libraries(pack_rgb_pictures PRIVATE mono_options mono_image_file
  nlohmann_json::nlohmann_json OpenSSL::Crypto GTest::gtest)
target_compile_definitions(pack_rgb_pictures PRIVATE
  MONO_DEFAULT_GOLDEN="${PROJECT_SOURCE_DIR}/../shared/golden")
mono_add_golden_test(rgb mono_model mono_kernels mono_pixels nlohmann_json::nlohmann_json)
set(rgb_pictures ${CMAKE_CURRENT_BINARY_DIR}/rgb_pictures)
add_test(NAME pack_rgb_pictures COMMAND pack_rgb_pictures ${rgb_pictures})
set_tests_properties(pack_rgb_pictures PROPERTIES SKIP_RETURN_CODE 77 FIXTURES_SETUP rgb_pictures)
set_tests_properties(golden_rgb PROPERTIES FIXTURES_REQUIRED rgb_pictures
  ENVIRONMENT MONO_GOLDEN=${rgb_pictures})
mono_add_test(image_tiles_test mono_pixels)
mono_add_test(golden_data_test mono_image_file nlohmann_json::nlohmann_json OpenSSL::Crypto)
find_package(ZLIB REQUIRED)
mono_add_test(image_file_test mono_image_file ZLIB::ZLIB)
mono_add_test(image_load_test mono_image_file ZLIB::ZLIB)
add_executable(image_bench image_bench.cc)  # driven by scripts/bench_image_peer.py
target_link_libraries(image_bench PRIVATE mono_options mono_image_file OpenSSL::Crypto)
