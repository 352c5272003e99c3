#include "model/text/vlmevalkit_question.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace mono::model {

namespace {

void remove_all(std::string& text, const std::string& run) {
  for (size_t at = text.find(run); at != std::string::npos; at = text.find(run, at)) {
    text.erase(at, run.size());
  }
}

std::string texts_by_line(std::span<const Part> parts) {
  std::string joined;
  bool is_first = true;
  for (const auto& part : parts) {
    if (part.image >= 0) continue;
    if (!is_first) joined += '\n';
    joined += part.text;
    is_first = false;
  }
  return joined;
}

/// `<Image-1>` to `<Image-n>` in a row.
std::string image_names(int num_images) {
  std::string names;
  for (int i = 1; i <= num_images; ++i) names += fmt::format("<Image-{}>", i);
  return names;
}

std::string with_header(const std::string& text, int num_images) {
  std::string question;
  for (int i = 1; i <= num_images; ++i) question += fmt::format("Image-{}: <image>\n", i);
  return question + text;
}

/// The texts by line; placeholders of their own are removed where they stand in one run, else they
/// become the images' names.
std::string named_placeholders(std::span<const Part> parts, int num_images) {
  auto text = texts_by_line(parts);
  std::string run;
  for (int i = 0; i < num_images; ++i) run += i == 0 ? "<image>" : " <image>";
  if (num_images > 0) remove_all(text, run);
  for (int i = 1; i <= num_images; ++i) {
    const auto at = text.find("<image>");
    if (at == std::string::npos) break;
    text.replace(at, std::string_view("<image>").size(), fmt::format("<Image-{}>", i));
  }
  return with_header(text, num_images);
}

}  // namespace

std::string vlmevalkit_question(std::span<const Part> parts, std::string_view dataset) {
  const auto num_images = static_cast<int>(
      std::count_if(parts.begin(), parts.end(), [](const Part& part) { return part.image >= 0; }));
  if (dataset.find("MUIRBench") != std::string_view::npos) {
    return named_placeholders(parts, num_images);
  }
  if (num_images == 1) return "<image>\n" + texts_by_line(parts);

  std::string text;
  int image = 0;
  for (const auto& part : parts) {
    text += part.image >= 0 ? fmt::format("<Image-{}>", ++image) : part.text;
  }
  auto question = with_header(text, num_images);
  if (num_images > 0) remove_all(question, image_names(num_images));
  return question;
}

}  // namespace mono::model
