#include "model/image/tile_order.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace mono::model {
namespace {

/// hash((columns, rows)): xxHash as CPython applies it to tuples; a small int is its own hash.
uint64_t tuple_hash(const Grid& grid) {
  constexpr uint64_t kPrime1 = 11400714785074694791ULL;
  constexpr uint64_t kPrime2 = 14029467366897019727ULL;
  constexpr uint64_t kPrime5 = 2870177450012600261ULL;
  uint64_t sum = kPrime5;
  for (const int item : {grid.columns, grid.rows}) {
    sum += static_cast<uint64_t>(item) * kPrime2;
    sum = std::rotl(sum, 31) * kPrime1;
  }
  return sum + (2 ^ (kPrime5 ^ 3527539ULL));
}

/// As much of CPython's set as decides the order of iteration.
class OrderedAsSet {
 public:
  void add(const Grid& grid) {
    if (!insert(grid)) return;
    ++used_;
    if (used_ * 5 >= (slots_.size() - 1) * 3) grow();
  }

  std::vector<Grid> in_order() const {
    std::vector<Grid> grids;
    for (const auto& slot : slots_) {
      if (slot) grids.push_back(*slot);
    }
    return grids;
  }

 private:
  static constexpr size_t kLinearProbes = 9;
  static constexpr int kPerturbShift = 5;

  /// \returns false if the grid was there.
  bool insert(const Grid& grid) {
    const size_t mask = slots_.size() - 1;
    uint64_t perturb = tuple_hash(grid);
    for (size_t i = perturb & mask;; i = (i * 5 + 1 + perturb) & mask) {
      const size_t last = i + kLinearProbes <= mask ? i + kLinearProbes : i;
      for (size_t slot = i; slot <= last; ++slot) {
        if (!slots_[slot]) {
          slots_[slot] = grid;
          return true;
        }
        if (slots_[slot]->columns == grid.columns && slots_[slot]->rows == grid.rows) return false;
      }
      perturb >>= kPerturbShift;
    }
  }

  void grow() {
    const size_t least = used_ > 50000 ? used_ * 2 : used_ * 4;
    const auto old = std::exchange(
        slots_, std::vector<std::optional<Grid>>(std::max<size_t>(8, std::bit_ceil(least + 1))));
    for (const auto& slot : old) {
      if (slot) insert(*slot);
    }
  }

  std::vector<std::optional<Grid>> slots_ = std::vector<std::optional<Grid>>(8);
  size_t used_ = 0;
};

}  // namespace

std::vector<Grid> candidate_grids(int min_tiles, int max_tiles) {
  OrderedAsSet set;
  for (int n = min_tiles; n <= max_tiles; ++n) {
    for (int columns = 1; columns <= n; ++columns) {
      for (int rows = 1; rows <= n && columns * rows <= max_tiles; ++rows) {
        if (columns * rows >= min_tiles) set.add({columns, rows});
      }
    }
  }
  auto grids = set.in_order();
  std::stable_sort(grids.begin(), grids.end(), [](const Grid& a, const Grid& b) {
    return a.columns * a.rows < b.columns * b.rows;
  });
  return grids;
}

}  // namespace mono::model
