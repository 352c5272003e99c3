#include "model/weights/safetensors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "model/adapter.h"
#include "model/weights/checkpoint.h"
#include "tests/messages.h"
#include "tests/temporary_folder.h"

namespace mono::model {
namespace {

using tests::expect_says;
using tests::message_of;

std::string with_length(uint64_t length, const std::string& rest) {
  std::string file(sizeof(length), '\0');
  std::memcpy(file.data(), &length, sizeof(length));
  return file + rest;
}

std::string file_of(const std::string& header, size_t num_data_bytes) {
  return with_length(header.size(), header + std::string(num_data_bytes, 'x'));
}

std::string refusal_of(const std::string& content) {
  const tests::TemporaryFolder folder;
  const auto path = folder.write("model.safetensors", content);
  const auto message = message_of<SetupError>([&] { read_safetensors(path); });
  expect_says(message, path.string());
  return message;
}

const std::string kTwoFloats = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";

TEST(SafetensorsTest, ReadsBackWhatWasWritten) {
  const tests::TemporaryFolder folder;
  const auto path = folder.path() / "model.safetensors";
  const std::array<float, 6> matrix = {1, 2, 3, 4, 5, 6};
  const std::array<int64_t, 1> id = {-7};
  const std::vector<TensorToWrite> written = {
      {"matrix", "F32", {2, 3}, std::as_bytes(std::span(matrix))},
      {"empty", "BF16", {0, 5}, {}},
      {"id", "I64", {}, std::as_bytes(std::span(id))}};
  write_safetensors(path, written);

  const auto tensors = read_safetensors(path);
  ASSERT_EQ(tensors.size(), 3U);
  EXPECT_EQ(tensors.at("matrix").dtype, "F32");
  EXPECT_EQ(tensors.at("matrix").shape, (std::vector<int64_t>{2, 3}));
  EXPECT_TRUE(std::ranges::equal(tensors.at("matrix").bytes, std::as_bytes(std::span(matrix))));
  EXPECT_TRUE(tensors.at("empty").bytes.empty());
  EXPECT_TRUE(std::ranges::equal(tensors.at("id").bytes, std::as_bytes(std::span(id))));
}

TEST(SafetensorsTest, IgnoresMetadata) {
  const tests::TemporaryFolder folder;
  const auto path = folder.write("a", file_of(R"({"__metadata__":{"format":"pt"}})", 0));
  EXPECT_TRUE(read_safetensors(path).empty());
}

TEST(SafetensorsTest, RefusesABrokenFrame) {
  expect_says(refusal_of(""), "must hold 8 bytes of header length, got 0");
  expect_says(refusal_of(with_length(3, "{}")), "the header's length 3 must be at most 2");
  expect_says(refusal_of(with_length(uint64_t{1} << 63, "{}")), "length 9223372036854775808");
  expect_says(refusal_of(with_length(UINT64_MAX, "{}")), "length 18446744073709551615");
  expect_says(refusal_of(file_of("{\"a\":", 0)), "the header is no JSON");
  const auto nested = "{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}";
  expect_says(refusal_of(file_of(nested, 0)),
              "the header: line 1: expected at most 100 lists and objects within one another");
  expect_says(refusal_of(file_of("[]", 0)), "the header must be a JSON object");
}

TEST(SafetensorsTest, RefusesABrokenEntry) {
  const auto entry = [](const std::string& fields) { return "{\"a\":{" + fields + "}}"; };
  const auto refusal = [&](const std::string& fields) {
    return refusal_of(file_of(entry(fields), 8));
  };
  expect_says(refusal(R"("shape":[2],"data_offsets":[0,8])"), "a: dtype must be a string");
  expect_says(refusal(R"("dtype":"F31","shape":[2],"data_offsets":[0,8])"), "unknown dtype F31");
  expect_says(refusal(R"("dtype":"F32","data_offsets":[0,8])"), "shape must be a list of sizes");
  expect_says(refusal(R"("dtype":"F32","shape":[-2],"data_offsets":[0,8])"), "got [-2]");
  expect_says(refusal(R"("dtype":"F32","shape":[1.5],"data_offsets":[0,8])"), "got [1.5]");
  expect_says(refusal(R"("dtype":"F32","shape":[2])"), "data_offsets must be two offsets");
  expect_says(refusal(R"("dtype":"F32","shape":[2],"data_offsets":[0,-8])"), "two offsets");
  expect_says(refusal(R"("dtype":"F32","shape":[2],"data_offsets":[8,0])"), "inside 8 bytes");
  expect_says(refusal(R"("dtype":"F32","shape":[2],"data_offsets":[4,12])"), "got [4,12]");
  expect_says(refusal(R"("dtype":"F32","shape":[3],"data_offsets":[0,8])"),
              "F32 [3] needs 12 bytes, data_offsets span 8");
  expect_says(refusal(R"("dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8])"),
              "needs more than 2^64 bytes");
  expect_says(refusal_of(file_of(R"({"a":3})", 0)), "a: must be an object, got 3");
}

TEST(SafetensorsTest, RefusesBytesThatBelongToNoTensorOrToTwo) {
  expect_says(refusal_of(file_of(kTwoFloats, 9)), "1 bytes at the end are unused");
  expect_says(refusal_of(file_of(kTwoFloats, 7)), "inside 7 bytes");
  expect_says(refusal_of(file_of(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8)),
              "4 bytes before a are unused");
  expect_says(refusal_of(file_of(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                                 R"("b":{"dtype":"U8","shape":[5],"data_offsets":[3,8]}})",
                                 8)),
              "b: overlaps");
  expect_says(refusal_of(file_of(R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},)"
                                 R"("a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}})",
                                 8)),
              "the header names \"a\" twice");
}

TEST(SafetensorsTest, NamesAFileThatCannotBeOpened) {
  expect_says(message_of<SetupError>([] { read_safetensors("/nowhere/a.safetensors"); }),
              "/nowhere/a.safetensors: cannot open: No such file");
  expect_says(message_of<SetupError>([] { read_safetensors("/"); }), "must be a regular file");
}

TEST(SafetensorsTest, RefusesToWriteWhatCouldNotBeRead) {
  const tests::TemporaryFolder folder;
  const auto path = folder.path() / "a";
  const std::array<float, 2> data = {1, 2};
  const auto bytes = std::as_bytes(std::span(data));
  const auto refusal = [&](const std::filesystem::path& file, std::vector<TensorToWrite> tensors) {
    return message_of<SetupError>([&] { write_safetensors(file, tensors); });
  };
  expect_says(refusal(path, {{"a", "F32", {3}, bytes}}), "a: the shape needs 12 bytes, got 8");
  expect_says(refusal(path, {{"a", "F33", {2}, bytes}}), "a: unknown dtype F33");
  expect_says(refusal(path, {{"a", "F32", {2}, bytes}, {"a", "F32", {2}, bytes}}), "written twice");
  expect_says(refusal("/nowhere/a", {{"a", "F32", {2}, bytes}}), "/nowhere/a: cannot write");
}

TEST(CheckpointTest, JoinsShards) {
  const tests::TemporaryFolder folder;
  folder.write("1.safetensors", file_of(kTwoFloats, 8));
  folder.write("2.safetensors",
               file_of(R"({"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1));
  folder.write("model.safetensors.index.json",
               R"({"weight_map":{"a":"1.safetensors","b":"2.safetensors"}})");
  EXPECT_EQ(read_checkpoint(folder.path()).size(), 2U);
}

TEST(CheckpointTest, NamesEveryDisagreementOfIndexAndShards) {
  const tests::TemporaryFolder folder;
  const auto index = [&](const std::string& map) {
    folder.write("model.safetensors.index.json", "{\"weight_map\":" + map + "}");
    return message_of<SetupError>([&] { read_checkpoint(folder.path()); });
  };
  folder.write("1.safetensors", file_of(kTwoFloats, 8));
  folder.write("2.safetensors", file_of(kTwoFloats, 8));
  const auto twice = index(R"({"a":"1.safetensors","c":"2.safetensors"})");
  expect_says(twice, "a is in 2.safetensors, the index says 1.safetensors");
  expect_says(twice, "c is not in 2.safetensors");
  expect_says(index(R"({"c":"1.safetensors"})"), "a is in 1.safetensors, but not in the index");
  const auto absent = index(R"({"a":"3.safetensors","b":"4.safetensors"})");
  expect_says(absent, "3.safetensors is absent");
  expect_says(absent, "4.safetensors is absent");
  expect_says(index(R"({"a":"../1.safetensors"})"), "must name a file of the folder");
  expect_says(index(R"({"a":1})"), "weight_map.a must be a file name, got 1");
  expect_says(index("[]"), "weight_map must be an object");
}

TEST(CheckpointTest, NamesAFolderWithoutWeights) {
  const tests::TemporaryFolder folder;
  expect_says(message_of<SetupError>([&] { read_checkpoint(folder.path()); }),
              "holds neither model.safetensors nor model.safetensors.index.json");
}

}  // namespace
}  // namespace mono::model
