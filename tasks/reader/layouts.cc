#include "tasks/reader/layouts.h"

#include <algorithm>

#include "tasks/reader/layout_parts.h"

namespace mono::tasks {
namespace {

// Sources: OpenGVLab/InternVL@2410d1d internvl_chat/eval (its JSON files and folders); the Hugging
// Face datasets MMMU/MMMU, AI4Math/MathVista, echo840/OCRBench, HuggingFaceM4/ChartQA,
// derek-thomas/ScienceQA and those of lmms-lab that EvolvingLMMs-Lab/lmms-eval names; the order and
// numbering of rows is that of VLMEvalKit's tables.

std::vector<Layout> collected() {
  std::vector<Layout> layouts;
  for (auto list : {open_layouts(), choice_layouts(), other_layouts()}) {
    for (auto& layout : list) layouts.push_back(std::move(layout));
  }
  return layouts;
}

const Layout& usual_layout() {
  static const Layout layout = {.columns = {kQuestionId, kQuestion, kReferences}};
  return layout;
}

}  // namespace

const std::vector<Layout>& all_layouts() {
  static const auto layouts = collected();
  return layouts;
}

const Layout& layout_of(std::string_view task) {
  const auto& layouts = all_layouts();
  const auto found = std::find_if(layouts.begin(), layouts.end(),
                                  [&](const Layout& layout) { return layout.task == task; });
  return found == layouts.end() ? usual_layout() : *found;
}

}  // namespace mono::tasks
