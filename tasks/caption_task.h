#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tasks/task.h"

namespace mono::tasks {

/// Pictures to be described in a sentence, scored by CIDEr, Bleu and ROUGE-L against the captions
/// people gave. A row's references are its accepted answers; its value is its CIDEr, [0, 10].
class CaptionTask final : public Task {
 public:
  /// \param vlmevalkit_dataset  VLMEvalKit's name; "" where it has none, and no profile then.
  CaptionTask(std::string_view name, std::string_view vlmevalkit_dataset,
              std::vector<std::string_view> aliases);

  std::string_view name() const override { return name_; }
  std::vector<std::string_view> aliases() const override { return aliases_; }
  std::span<const Profile> profiles() const override { return profiles_; }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const Profile& /*profile*/) const override { return folder_; }

  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override;
  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& judge) const override;
  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override;
  Bounds bounds(std::span<const Row> rows, const Profile& profile) const override;
  std::string_view main_metric(const Profile& /*profile*/) const override { return "CIDEr"; }
  std::optional<double> table_scale(const Profile& profile) const override;

 private:
  std::string_view name_;
  std::vector<std::string_view> aliases_;
  std::string folder_;
  std::vector<Profile> profiles_;
};

}  // namespace mono::tasks
