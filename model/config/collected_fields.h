#pragma once

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "model/adapter.h"
#include "model/json_fields.h"

namespace mono::model {

/// The fields of one JSON object, read one by one: a field that cannot be read becomes a fault in
/// a list and counts as zero, false or "", so that one look at a file finds all its faults.
class CollectedFields {
 public:
  /// \param faults  must outlive this object.
  CollectedFields(JsonFields fields, std::vector<std::string>& faults)
      : fields_(std::move(fields)), faults_(&faults) {}

  int64_t integer(const std::string& name) const {
    return value([&] { return fields_.integer(name); });
  }
  int64_t size(const std::string& name) const {
    return value([&] { return fields_.size(name); });
  }
  double positive(const std::string& name) const {
    return value([&] { return fields_.positive(name); });
  }
  bool flag(const std::string& name) const {
    return value([&] { return fields_.flag(name); });
  }
  std::string text(const std::string& name) const {
    return value([&] { return fields_.text(name); });
  }

  /// A text that can be one thing only.
  void expect_text(const std::string& name, const std::string& expected) const {
    check([&] {
      if (fields_.text(name) != expected) fields_.refuse(name, "\"" + expected + "\"");
    });
  }

  /// What `read` returns; its zero where it throws a SetupError, whose message becomes a fault.
  template <typename Read>
  std::invoke_result_t<Read> value(const Read& read) const {
    try {
      return read();
    } catch (const SetupError& fault) {
      faults_->emplace_back(fault.what());
      return {};
    }
  }

  /// Runs `rule`; a SetupError it throws becomes a fault.
  template <typename Rule>
  void check(const Rule& rule) const {
    value([&] {
      rule();
      return true;
    });
  }

  const JsonFields& fields() const { return fields_; }
  size_t num_faults() const { return faults_->size(); }
  std::vector<std::string>& faults() const { return *faults_; }

 private:
  JsonFields fields_;
  std::vector<std::string>* faults_;
};

}  // namespace mono::model
