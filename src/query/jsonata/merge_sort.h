// SPDX-License-Identifier: Apache-2.0
// The merge sort of functions.sort: the same comparisons in the same order, so that a comparator
// with effects, errors or no sense at all does what it does in the reference.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace pawl::query::jsonata {

/// Sorts items[begin, end). `comes_after(a, b)` says whether a has to stand behind b; nullopt stops
/// the sort. `spare` is as long as `items`. Stable. Returns false if stopped.
template <typename T, typename ComesAfter>
bool merge_sort(std::vector<T>& items, std::vector<T>& spare, size_t begin, size_t end,
                ComesAfter& comes_after) {
  if (end - begin <= 1) return true;
  const size_t middle = begin + (end - begin) / 2;
  if (!merge_sort(items, spare, begin, middle, comes_after)) return false;
  if (!merge_sort(items, spare, middle, end, comes_after)) return false;
  size_t left = begin;
  size_t right = middle;
  for (size_t out = begin; out < end; ++out) {
    bool takes_right = left == middle;
    if (left < middle && right < end) {
      const std::optional<bool> after = comes_after(items[left], items[right]);
      if (!after) return false;
      takes_right = *after;
    }
    spare[out] = items[takes_right ? right++ : left++];
  }
  for (size_t i = begin; i < end; ++i) items[i] = std::move(spare[i]);
  return true;
}

}  // namespace pawl::query::jsonata
