#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tasks/task.h"

namespace mono::tasks {

/// Questions about pages (DocVQA, InfographicVQA), scored by ANLS. The test splits keep their
/// answers back: without any, rows are unscored and a submission file is what there is.
class DocumentQuestions final : public Task {
 public:
  /// \param dataset  VLMEvalKit's name.
  /// \param aliases  Others.
  DocumentQuestions(std::string_view name, std::string_view dataset,
                    std::vector<std::string_view> aliases, int max_tiles);

  std::string_view name() const override { return name_; }
  std::vector<std::string_view> aliases() const override { return aliases_; }
  std::span<const Profile> profiles() const override { return profiles_; }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const Profile& /*profile*/) const override {
    return std::string(dataset_);
  }

  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override;
  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& judge) const override;
  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override;
  std::string_view main_metric(const Profile& profile) const override;
  std::optional<double> table_scale(const Profile& profile) const override;

 private:
  std::string_view name_;
  std::string_view dataset_;
  std::vector<std::string_view> aliases_;
  std::vector<Profile> profiles_;
};

}  // namespace mono::tasks
