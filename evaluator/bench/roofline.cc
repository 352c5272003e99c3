#include "evaluator/bench/roofline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace mono::bench {
namespace {

constexpr double kWidth = 420, kHeight = 300, kMargin = 56;  // of a panel, in pixels
constexpr const char* kColours[] = {"#1b6ca8", "#c0392b", "#27844a", "#8e5bb5", "#b7791f"};
constexpr const char* kStages[] = {"vision", "prefill", "decode"};

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    safe += c == '<' ? "&lt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : std::string(1, c);
  }
  return safe;
}

/// A logarithmic axis over whole decades.
struct Axis {
  double low = 0;  // exponents of ten
  double high = 1;

  void cover(double value) {
    low = std::min(low, std::floor(std::log10(value)));
    high = std::max(high, std::ceil(std::log10(value)));
  }
  double place(double value) const { return (std::log10(value) - low) / (high - low); }
};

class Plot {
 public:
  Plot(const std::vector<RooflinePoint>& points, const Ceilings& ceilings)
      : points_(points), ceilings_(ceilings) {
    const double ridge = ceilings.flops_per_second / ceilings.bytes_per_second;
    x_ = {.low = std::floor(std::log10(ridge)), .high = std::ceil(std::log10(ridge)) + 1};
    const double top = std::log10(ceilings.flops_per_second);
    y_ = {.low = std::floor(top) - 1, .high = std::ceil(top)};
    for (const auto& point : points) {
      x_.cover(intensity(point));
      y_.cover(rate(point));
      if (std::find(series_.begin(), series_.end(), point.series) == series_.end()) {
        series_.push_back(point.series);
      }
    }
  }

  std::string svg() const {
    const double height = kHeight + 20.0 * static_cast<double>(series_.size());
    auto text = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
        "viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" font-size=\"11\">\n"
        "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
        kWidth * static_cast<double>(std::size(kStages)), height);
    for (size_t i = 0; i < std::size(kStages); ++i) {
      text += fmt::format("<g transform=\"translate({}, 0)\">\n{}</g>\n",
                          kWidth * static_cast<double>(i), panel(kStages[i]));
    }
    for (size_t i = 0; i < series_.size(); ++i) {
      text += fmt::format("<text x=\"{}\" y=\"{}\" fill=\"{}\">{}</text>\n", kMargin,
                          kHeight + 20.0 * static_cast<double>(i) + 8, colour(series_[i]),
                          escaped(series_[i]));
    }
    return text + "</svg>\n";
  }

 private:
  static double intensity(const RooflinePoint& point) {
    return point.work.flops / point.work.bytes;
  }
  static double rate(const RooflinePoint& point) { return point.work.flops / point.seconds; }

  double x(double value) const { return kMargin + x_.place(value) * (kWidth - 2 * kMargin); }
  double y(double value) const {
    return kHeight - kMargin - y_.place(value) * (kHeight - 2 * kMargin);
  }
  double roof(double flops_per_byte) const {
    return std::min(ceilings_.flops_per_second, flops_per_byte * ceilings_.bytes_per_second);
  }
  const char* colour(const std::string& series) const {
    const auto place = std::find(series_.begin(), series_.end(), series) - series_.begin();
    return kColours[static_cast<size_t>(place) % std::size(kColours)];
  }

  std::string axes(const char* stage) const {
    auto text = fmt::format(
        "<text x=\"{}\" y=\"{}\" font-weight=\"bold\">{}</text>\n"
        "<text x=\"{}\" y=\"{}\">FLOP/s over FLOP/byte</text>\n",
        kMargin, kMargin - 20, stage, kMargin, kMargin - 6);
    for (int decade = static_cast<int>(x_.low); decade <= static_cast<int>(x_.high); ++decade) {
      text += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">1e{}</text>\n",
                          x(std::pow(10, decade)), kHeight - kMargin + 16, decade);
    }
    for (int decade = static_cast<int>(y_.low); decade <= static_cast<int>(y_.high); ++decade) {
      text += fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">1e{}</text>\n",
                          kMargin - 6, y(std::pow(10, decade)) + 4, decade);
    }
    return text;
  }

  std::string panel(const char* stage) const {
    const double left =
        std::max(std::pow(10, x_.low), std::pow(10, y_.low) / ceilings_.bytes_per_second);
    const double ridge = ceilings_.flops_per_second / ceilings_.bytes_per_second;
    auto text = axes(stage);
    text += "<polyline class=\"roof\" fill=\"none\" stroke=\"#444\" points=\"";
    for (const double at : {left, ridge, std::pow(10, x_.high)}) {
      text += fmt::format("{:.1f},{:.1f} ", x(at), y(roof(at)));
    }
    text += "\"/>\n";
    for (const auto& point : points_) {
      if (point.stage != stage) continue;
      text += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\"><title>{}, {}: {:.3g} FLOP/s, "
          "{:.2f} of the roof</title></circle>\n",
          x(intensity(point)), y(rate(point)), colour(point.series), escaped(point.series),
          escaped(point.label), rate(point), rate(point) / roof(intensity(point)));
    }
    return text;
  }

  const std::vector<RooflinePoint>& points_;
  Ceilings ceilings_;
  Axis x_{};
  Axis y_{};
  std::vector<std::string> series_{};
};

}  // namespace

std::string roofline_svg(const std::vector<RooflinePoint>& points, const Ceilings& ceilings) {
  return Plot(points, ceilings).svg();
}

}  // namespace mono::bench
