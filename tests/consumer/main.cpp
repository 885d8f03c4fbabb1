// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// A program that knows nothing of Baldwin but the target baldwin::core.

#include <baldwin/core/tensor.hpp>
#include <baldwin/core/version.hpp>

#include <iostream>

int main() {
    const baldwin::Tensor<float> a = {{1.0F, 2.0F}, {3.0F, 4.0F}};
    const baldwin::TensorView<const float> view(a);
    std::cout << "baldwin " << baldwin::kVersion << '\n'
              << "sum of squares " << view.matrix().squaredNorm() << '\n';
}
