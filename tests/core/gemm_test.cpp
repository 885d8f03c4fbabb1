// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/kernels/gemm.hpp>
#include <baldwin/core/kernels/rows.hpp>

#include <gtest/gtest.h>

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

namespace baldwin::kernels::gemm_test {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Numbers in [-1, 1) that differ everywhere.
template <class T>
std::vector<T> numbers(std::size_t count, std::uint64_t seed) {
    std::vector<T> values(count);
    std::uint64_t state = seed * 2 + 1;
    for (auto& value : values) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        value = static_cast<T>(static_cast<double>(state >> 40) / 8388608.0 - 1.0);
    }
    return values;
}

template <class T>
RowMajor matrix_of(const MatrixIn<T>& x, std::size_t rows, std::size_t columns) {
    RowMajor result(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < columns; ++j) {
            const std::size_t at = x.transposed ? j * x.row_stride + i : i * x.row_stride + j;
            result(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = x.data[at];
        }
    }
    return result;
}

struct Case {
    GemmShape shape;
    bool a_transposed;
    bool b_transposed;
    std::size_t gap; ///< row stride beyond the row's length
};

std::vector<Case> cases() {
    std::vector<Case> all;
    const std::vector<GemmShape> shapes{{1, 1, 1},     {1, 10, 7},  {6, 16, 9},    {7, 17, 33},
                                        {2, 3, 640},   {13, 1, 21}, {128, 10, 40}, {5, 64, 321},
                                        {50, 70, 700}, {3, 100, 0}, {1, 37, 645}};
    for (const auto& shape : shapes) {
        for (int form = 0; form < 4; ++form) {
            all.push_back({shape, (form & 1) != 0, (form & 2) != 0, form % 2 == 0 ? 0U : 5U});
        }
    }
    return all;
}

template <class T>
struct Operands {
    explicit Operands(const Case& c)
        : a_stride((c.a_transposed ? c.shape.rows : c.shape.inner) + c.gap),
          b_stride((c.b_transposed ? c.shape.inner : c.shape.columns) + c.gap),
          c_stride(c.shape.columns + c.gap),
          a(numbers<T>(a_stride * std::max(c.shape.rows, c.shape.inner) + 1, 1)),
          b(numbers<T>(b_stride * std::max(c.shape.columns, c.shape.inner) + 1, 2)),
          result(numbers<T>(c_stride * c.shape.rows, 3)) {}

    std::size_t a_stride;
    std::size_t b_stride;
    std::size_t c_stride;
    std::vector<T> a;
    std::vector<T> b;
    std::vector<T> result;
};

template <class T>
class CoreGemm : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(CoreGemm, Scalars);

// Worst-case rounding of a sum of k products of numbers below 1: k^2 u / 2 at most, k u typically;
// the bound used is 4 k u.
TYPED_TEST(CoreGemm, AgreesWithEigenInDouble) {
    using T = TypeParam;
    Arena arena;
    for (const Case& c : cases()) {
        for (const bool accumulate : {false, true}) {
            SCOPED_TRACE(testing::Message()
                         << c.shape.rows << 'x' << c.shape.columns << 'x' << c.shape.inner << ' '
                         << c.a_transposed << c.b_transposed << accumulate);
            Operands<T> x(c);
            const MatrixIn<T> a{x.a.data(), x.a_stride, c.a_transposed};
            const MatrixIn<T> b{x.b.data(), x.b_stride, c.b_transposed};
            const auto column_bias = numbers<T>(c.shape.columns, 4);
            const auto row_bias = numbers<T>(c.shape.rows, 5);
            RowMajor expected = matrix_of(a, c.shape.rows, c.shape.inner) *
                                matrix_of(b, c.shape.inner, c.shape.columns);
            if (accumulate) {
                expected += matrix_of(MatrixIn<T>{x.result.data(), x.c_stride}, c.shape.rows,
                                      c.shape.columns);
            }
            const auto untouched = x.result;
            const bool biased = c.gap == 0;
            gemm(Executor::serial(), arena, c.shape, a, b, {x.result.data(), x.c_stride},
                 {accumulate, biased ? column_bias.data() : nullptr,
                  biased && accumulate ? row_bias.data() : nullptr});
            const double bound = 4.0 * static_cast<double>(c.shape.inner + 4) *
                                 static_cast<double>(std::numeric_limits<T>::epsilon());
            for (std::size_t i = 0; i < c.shape.rows; ++i) {
                for (std::size_t j = 0; j < x.c_stride; ++j) {
                    const std::size_t at = i * x.c_stride + j;
                    if (j >= c.shape.columns) {
                        ASSERT_EQ(x.result[at], untouched[at]);
                        continue;
                    }
                    double value =
                        expected(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
                    if (biased) value += column_bias[j];
                    if (biased && accumulate) value += row_bias[i];
                    ASSERT_NEAR(x.result[at], value, bound);
                }
            }
        }
    }
}

// An element is one chain over k whatever surrounds it.
TYPED_TEST(CoreGemm, StridesOffsetsAndThreadsDoNotChangeBits) {
    using T = TypeParam;
    const GemmShape shape{37, 83, 401};
    const auto a = numbers<T>(shape.rows * shape.inner, 1);
    const auto b = numbers<T>(shape.columns * shape.inner, 2);
    std::vector<T> expected(shape.rows * shape.columns);
    Arena arena;
    gemm(Executor::serial(), arena, shape, MatrixIn<T>{a.data(), shape.inner},
         MatrixIn<T>{b.data(), shape.inner, true}, {expected.data(), shape.columns});
    const std::size_t stride = 8017;
    std::vector<T> wide(stride * shape.columns + 16);
    for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
        const Executor executor(threads);
        for (std::size_t offset = 0; offset < 16; ++offset) {
            for (std::size_t j = 0; j < shape.columns; ++j) {
                std::copy_n(b.data() + j * shape.inner, shape.inner,
                            wide.data() + offset + j * stride);
            }
            std::vector<T> result(expected.size());
            gemm(executor, arena, shape, MatrixIn<T>{a.data(), shape.inner},
                 MatrixIn<T>{wide.data() + offset, stride, true}, {result.data(), shape.columns});
            ASSERT_EQ(std::memcmp(result.data(), expected.data(), sizeof(T) * result.size()), 0);
        }
    }
}

// The wide kernels are chosen by asking the processor, so they must not show.
TYPED_TEST(CoreGemm, WideTilesGiveTheBitsOfNarrowOnes) {
    using T = TypeParam;
    if (!detail::uses_wide_tiles()) GTEST_SKIP() << "no AVX-512F here, or a build without FMA";
    Arena arena;
    std::vector<Case> all = cases();
    all.push_back({{64, 100, 70}, true, false, 0}); // pairs of tiles of a packed factor
    all.push_back({{33, 500, 329}, false, true, 3});
    for (const Case& c : all) {
        SCOPED_TRACE(testing::Message()
                     << c.shape.rows << 'x' << c.shape.columns << 'x' << c.shape.inner << ' '
                     << c.a_transposed << c.b_transposed);
        const auto column_bias = numbers<T>(c.shape.columns, 4);
        const auto row_bias = numbers<T>(c.shape.rows, 5);
        const auto product = [&](bool wide) {
            detail::uses_wide_tiles() = wide;
            Operands<T> x(c);
            gemm(Executor::serial(), arena, c.shape,
                 MatrixIn<T>{x.a.data(), x.a_stride, c.a_transposed},
                 MatrixIn<T>{x.b.data(), x.b_stride, c.b_transposed}, {x.result.data(), x.c_stride},
                 {c.gap == 0, column_bias.data(), row_bias.data()});
            return x.result;
        };
        const auto narrow = product(false);
        const auto wide = product(true);
        ASSERT_EQ(std::memcmp(wide.data(), narrow.data(), sizeof(T) * wide.size()), 0);
    }
}

TYPED_TEST(CoreGemm, MatrixVectorBitsDoNotDependOnPlace) {
    using T = TypeParam;
    const GemmShape shape{1, 301, 517};
    const auto x = numbers<T>(shape.inner, 1);
    const auto w = numbers<T>(shape.columns * shape.inner, 2);
    std::vector<T> expected(shape.columns);
    Arena arena;
    gemm(Executor::serial(), arena, shape, MatrixIn<T>{x.data(), shape.inner},
         MatrixIn<T>{w.data(), shape.inner, true}, {expected.data(), shape.columns});
    const std::size_t stride = 8017;
    std::vector<T> wide(stride * shape.columns + 16);
    const Executor executor(3);
    for (std::size_t offset = 0; offset < 16; ++offset) {
        for (std::size_t j = 0; j < shape.columns; ++j) {
            std::copy_n(w.data() + j * shape.inner, shape.inner, wide.data() + offset + j * stride);
        }
        std::vector<T> result(expected.size());
        gemm(executor, arena, shape, MatrixIn<T>{x.data(), shape.inner},
             MatrixIn<T>{wide.data() + offset, stride, true}, {result.data(), shape.columns});
        ASSERT_EQ(result, expected);
    }
}

TYPED_TEST(CoreGemm, BatchesAreIndependentProducts) {
    using T = TypeParam;
    const GemmShape shape{9, 21, 40};
    const std::size_t batch = 7;
    const auto a = numbers<T>(batch * shape.rows * shape.inner, 1);
    const auto b = numbers<T>(batch * shape.inner * shape.columns, 2);
    std::vector<T> together(batch * shape.rows * shape.columns);
    std::vector<T> single(together.size());
    Arena arena;
    const BatchStrides strides{shape.rows * shape.inner, shape.inner * shape.columns,
                               shape.rows * shape.columns};
    for (std::size_t i = 0; i < batch; ++i) {
        gemm(Executor::serial(), arena, shape, MatrixIn<T>{a.data() + i * strides.a, shape.inner},
             MatrixIn<T>{b.data() + i * strides.b, shape.columns},
             {single.data() + i * strides.c, shape.columns});
    }
    batched_gemm(Executor(3), arena, batch, shape, MatrixIn<T>{a.data(), shape.inner},
                 MatrixIn<T>{b.data(), shape.columns}, {together.data(), shape.columns}, strides);
    EXPECT_EQ(together, single);
}

TYPED_TEST(CoreGemm, SecondCallsNeedNoNewScratch) {
    using T = TypeParam;
    const GemmShape shape{64, 80, 300};
    const auto a = numbers<T>(shape.rows * shape.inner, 1);
    const auto b = numbers<T>(shape.columns * shape.inner, 2);
    std::vector<T> c(shape.rows * shape.columns);
    Arena arena;
    const auto call = [&] {
        gemm(Executor::serial(), arena, shape, MatrixIn<T>{a.data(), shape.rows, true},
             MatrixIn<T>{b.data(), shape.columns}, {c.data(), shape.columns});
    };
    call();
    const std::size_t held = arena.capacity();
    call();
    EXPECT_EQ(arena.capacity(), held);
    EXPECT_EQ(arena.mark().used, 0U);
}

} // namespace
} // namespace baldwin::kernels::gemm_test
