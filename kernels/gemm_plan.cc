#include "kernels/gemm_plan.h"

#include <c10/util/Exception.h>
#include <unistd.h>

#include <bit>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

namespace mono::kernels {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kLargestPower = 64;
constexpr int64_t kFineUpTo = 4096;
constexpr int64_t kFineStep = 64;
constexpr int64_t kCoarseStep = 512;
constexpr int64_t kLargestBucket = 65536;
constexpr int kVersion = 3;
constexpr int kMaxDepth = 8;  // twice what a file of plans needs
constexpr const char* kFormat = "mono gemm plans";

const char* name_of(GemmType type) {
  return type == GemmType::kFloat32 ? "float32" : "bfloat16";
}

GemmType type_named(const std::string& name) {
  for (const auto type : {GemmType::kFloat32, GemmType::kBfloat16}) {
    if (name == name_of(type)) return type;
  }
  TORCH_CHECK(false, "type must be float32 or bfloat16, got ", name);
}

Json to_json(const GemmDevice& device) {
  return {{"name", device.name},
          {"num_sms", device.num_sms},
          {"cublaslt_version", device.cublaslt_version}};
}

Json to_json(const GemmShape& shape, const GemmAlgorithm& algorithm) {
  return {{"type", name_of(shape.type)},
          {"n", shape.n},
          {"k", shape.k},
          {"m", shape.m},
          {"has_bias", shape.has_bias},
          {"alignment", shape.alignment},
          {"is_alike", shape.is_alike},
          {"words", algorithm.words},
          {"workspace_bytes", algorithm.workspace_bytes},
          {"microseconds", algorithm.microseconds},
          {"tile", algorithm.tile},
          {"stages", algorithm.stages},
          {"split_k", algorithm.split_k}};
}

std::pair<GemmShape, GemmAlgorithm> plan_of(const Json& json) {
  const GemmShape shape{.type = type_named(json.at("type")),
                        .n = json.at("n"),
                        .k = json.at("k"),
                        .m = json.at("m"),
                        .has_bias = json.at("has_bias"),
                        .alignment = json.at("alignment"),
                        .is_alike = json.at("is_alike")};
  const GemmAlgorithm algorithm{.words = json.at("words"),
                                .workspace_bytes = json.at("workspace_bytes"),
                                .microseconds = json.at("microseconds"),
                                .tile = json.at("tile"),
                                .stages = json.at("stages"),
                                .split_k = json.at("split_k")};
  const bool is_bucket =
      shape.m == kEveryM ? !shape.is_alike : shape.m > 0 && m_bucket(shape.m) == shape.m;
  TORCH_CHECK(shape.n > 0 && shape.k > 0 && is_bucket && algorithm.workspace_bytes >= 0,
              "n and k must be positive and m 0 or a bucket, got ", to_string(shape));
  return {shape, algorithm};
}

void check_device(const Json& json, const GemmDevice& device) {
  const GemmDevice theirs{.name = json.at("name"),
                          .num_sms = json.at("num_sms"),
                          .cublaslt_version = json.at("cublaslt_version")};
  TORCH_CHECK(theirs == device, "written for ", json.dump(), ", this device is ",
              to_json(device).dump());
}

void check_split(const GemmShape& shape, const GemmAlgorithm& algorithm) {
  TORCH_CHECK((shape.m != kEveryM && !shape.is_alike) || algorithm.split_k == 1,
              "a plan for every m must not cut k, but cuts it into ", algorithm.split_k, ": ",
              to_string(shape));
}

GemmShape of_every_m(GemmShape shape) {
  shape.m = kEveryM;
  shape.is_alike = false;
  return shape;
}

}  // namespace

int64_t m_bucket(int64_t m) {
  TORCH_CHECK(m >= 1, "m_bucket: m must be at least 1, got ", m);
  if (m >= kLargestBucket) return kLargestBucket;
  if (m <= kLargestPower) return static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(m)));
  const int64_t step = m <= kFineUpTo ? kFineStep : kCoarseStep;
  return (m + step - 1) / step * step;
}

std::string to_string(const GemmShape& shape) {
  std::ostringstream text;
  text << name_of(shape.type) << " [";
  if (shape.m == kEveryM) {
    text << "every m";
  } else {
    text << "m <= " << shape.m;
  }
  text << ", " << shape.k << "] x [" << shape.n << ", " << shape.k << "]^T";
  if (shape.has_bias) text << " + bias";
  if (shape.is_alike) text << ", alike every m";
  if (shape.alignment != 16) text << ", " << shape.alignment << " bytes aligned";
  return text.str();
}

GemmPlans::GemmPlans(GemmDevice device) : device_(std::move(device)) {}

const GemmAlgorithm* GemmPlans::find(const GemmShape& shape) const {
  const auto found = plans_.find(shape);
  return found == plans_.end() ? nullptr : &found->second;
}

void GemmPlans::pin(const GemmShape& shape, const GemmAlgorithm& algorithm) {
  check_split(shape, algorithm);
  plans_[shape] = algorithm;
}

void GemmPlans::save(const std::filesystem::path& path) const {
  Json json{{"format", kFormat},
            {"version", kVersion},
            {"device", to_json(device_)},
            {"plans", Json::array()}};
  for (const auto& [shape, algorithm] : plans_) {
    json["plans"].push_back(to_json(shape, algorithm));
  }
  auto beside = path;
  beside += ".";
  beside += std::to_string(getpid());
  beside += ".part";
  std::ofstream file(beside);
  file << json.dump(1) << "\n";
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(beside, path, error);
  TORCH_CHECK(file && !error, path.string(), ": cannot write the plans",
              error ? ": " + error.message() : "");
}

void GemmPlans::load(const std::filesystem::path& path) {
  std::ifstream file(path);
  TORCH_CHECK(file, path.string(), ": cannot open the plans");
  std::map<GemmShape, GemmAlgorithm> read;
  try {
    const auto json = Json::parse(file, [](int depth, Json::parse_event_t, const Json&) {
      TORCH_CHECK(depth <= kMaxDepth, "expected at most ", kMaxDepth,
                  " lists and objects within one another, got more");
      return true;
    });
    TORCH_CHECK(json.at("format") == kFormat && json.at("version") == kVersion, "expected ",
                kFormat, " of version ", kVersion, ", got ", json.at("format").dump(),
                " of version ", json.at("version").dump());
    check_device(json.at("device"), device_);
    for (const auto& entry : json.at("plans")) {
      const auto [shape, algorithm] = plan_of(entry);
      check_split(shape, algorithm);
      TORCH_CHECK(read.emplace(shape, algorithm).second, "two plans for ", to_string(shape));
    }
    for (const auto& [shape, algorithm] : read) {
      TORCH_CHECK(!shape.is_alike || read.contains(of_every_m(shape)), "a plan alike one that is ",
                  "not there: ", to_string(shape));
    }
  } catch (const c10::Error& error) {
    TORCH_CHECK(false, path.string(), ": ", error.what_without_backtrace());
  } catch (const nlohmann::json::exception& error) {
    TORCH_CHECK(false, path.string(), ": ", error.what());
  }
  for (const auto& [shape, algorithm] : read) plans_[shape] = algorithm;
}

}  // namespace mono::kernels
