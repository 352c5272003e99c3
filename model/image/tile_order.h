#pragma once

#include <vector>

namespace mono::model {

struct Grid {
  int columns = 1;
  int rows = 1;
};

/// All grids with min_tiles <= columns * rows <= max_tiles, sorted by that product; those of one
/// product in the order in which CPython 3.8 to 3.13 (64 bit) walks its set of pairs.
/// Formula: python/cpython@3.11 Objects/setobject.c (set_add_entry, set_table_resize) and
/// Objects/tupleobject.c (tuplehash).
std::vector<Grid> candidate_grids(int min_tiles, int max_tiles);

}  // namespace mono::model
