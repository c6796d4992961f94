#pragma once
// How alike two representations of the same items are. Rows are items; columns are features.

#include <Eigen/Core>

namespace residua::stats {

/// [items, features], row by row; an Eigen::Map of a buffer passes without a copy.
using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Representation = Eigen::Ref<const RowMatrix>;

/// Unbiased estimate of the Hilbert-Schmidt independence criterion with linear kernels, HSIC_1 of
/// Song et al. 2012; about 0 for independent items, and it may be negative. Needs 4 items; features
/// may differ in number.
double unbiased_hsic(const Representation& x, const Representation& y);

/// Linear CKA (Kornblith et al. 2019) from the unbiased estimate: at most 1, and NaN where a
/// representation has no variance by that estimate. The biased estimate is not offered: it reads
/// 0.93 for independent data at n = 50, p = 768.
double linear_cka(const Representation& x, const Representation& y);

/// Mean over items of the cosine between their rows, of equal length; a row of zeros has cosine 0.
double mean_cosine(const Representation& x, const Representation& y);

/// Share of items whose nearest row by cosine in the other representation is their own, both
/// directions averaged. An item that ties with k - 1 others counts 1 / k, so that representations
/// that tell nothing apart score by chance.
double retrieval(const Representation& x, const Representation& y);

/// The representation less its column means, for cosines that a common offset does not dominate.
RowMatrix centered(const Representation& x);

} // namespace residua::stats
