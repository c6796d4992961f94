#pragma once
// A param: one weight under its canonical name, as the checkpoint stores it.

#include <ATen/core/Tensor.h>
#include <string>

namespace residua {

struct Param {
  std::string name;        ///< canonical, "L3.attn.qkv"; a bias ends in ".bias"
  at::Tensor stored;       ///< as in the checkpoint: its dtype and orientation
  bool transposed = false; ///< stored [in, out]

  /// The canonical orientation, [out, in] for a matrix; a view, not a copy.
  at::Tensor oriented() const { return transposed ? stored.t() : stored; }
  bool is_bias() const { return name.ends_with(".bias"); }
  /// The number in "L3.attn.qkv", or -1 for embed, final and head.
  int layer() const { return name[0] == 'L' ? std::stoi(name.substr(1)) : -1; }
};

} // namespace residua
