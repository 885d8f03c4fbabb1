// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The start-up self-test: hashes that tell whether two programs compute the same bits.
#pragma once

#include <baldwin/core/arena.hpp>
#include <baldwin/core/hash.hpp>
#include <baldwin/core/kernels/conv.hpp>
#include <baldwin/core/kernels/gemm.hpp>
#include <baldwin/core/math.hpp>
#include <baldwin/core/ops/detail/softmax_row.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/core/simd.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace baldwin {

/// What the self-test found, one hash for each class of promised bits.
struct SelfTest {
    std::uint64_t random;     ///< class A: noise, mutation, shuffles; the same in every build
    std::uint64_t arithmetic; ///< class B: products, convolutions, tanh, softmax; of this binary

    friend bool operator==(const SelfTest& a, const SelfTest& b) = default;
};

/// SelfTest::random of every correct build; another value means flags such as -ffast-math.
inline constexpr std::uint64_t kExpectedRandomBits = 0x5305c348ed9f3dbcU;

namespace detail {

template <class T>
std::uint64_t chained_hash(const std::vector<T>& values, std::uint64_t before) {
    return hash64(std::as_bytes(std::span<const T>(values)), before);
}

inline std::uint64_t random_bits() {
    const Stream stream = Stream(0x5e1f7e57U, 1).substream(2);
    std::vector<float> values(5000);
    stream.fill_uniform(std::span<float>(values), 3);
    std::uint64_t hash = chained_hash(values, 0);
    stream.axpy_normal(values, 0.02F, 77);
    hash = chained_hash(values, hash);
    stream.fill_normal(std::span<float>(values), 1234567);
    hash = chained_hash(values, hash);
    return chained_hash(permutation(500, stream), hash);
}

// (17 x 784) times the transpose of (33 x 784): longer than one block of the sum, no round number.
template <class T>
std::uint64_t product_bits(const Stream& stream, std::uint64_t hash) {
    constexpr kernels::GemmShape kShape{17, 33, 784};
    std::vector<T> a(kShape.rows * kShape.inner);
    std::vector<T> b(kShape.columns * kShape.inner);
    std::vector<T> c(kShape.rows * kShape.columns);
    stream.fill_normal(std::span<T>(a));
    stream.fill_normal(std::span<T>(b), a.size());
    Arena arena;
    kernels::gemm<T>(Executor::serial(), arena, kShape, {a.data(), kShape.inner},
                     {b.data(), kShape.inner, true}, {c.data(), kShape.columns});
    hash = chained_hash(c, hash);
    // one row: the matrix-vector kernel
    kernels::gemm<T>(Executor::serial(), arena, {1, kShape.columns, kShape.inner},
                     {a.data(), kShape.inner}, {b.data(), kShape.inner, true},
                     {c.data(), kShape.columns});
    return chained_hash(c, hash);
}

// Two images of 7 x 11 x 13 under nine kernels 3 x 3, stride 1, padding 1.
inline std::uint64_t convolution_bits(const Stream& stream, std::uint64_t hash) {
    kernels::ConvGeometry geometry;
    geometry.batch = 2;
    geometry.in_channels = 7;
    geometry.height = 11;
    geometry.width = 13;
    geometry.out_channels = 9;
    geometry.kernel_h = geometry.kernel_w = 3;
    geometry.pad_top = geometry.pad_bottom = geometry.pad_left = geometry.pad_right = 1;
    std::vector<float> x(2 * 7 * 11 * 13);
    std::vector<float> w(9 * 7 * 3 * 3);
    std::vector<float> y(2 * 9 * 11 * 13);
    stream.fill_normal(std::span<float>(x));
    stream.fill_normal(std::span<float>(w), x.size());
    Arena arena;
    const kernels::ConvWeights<const float> weights{w.data(), 7 * 9, 9};
    kernels::conv2d_forward<float>(Executor::serial(), arena, geometry, x.data(), weights, nullptr,
                                   y.data());
    hash = chained_hash(y, hash);
    std::vector<float> dw(w.size());
    kernels::conv2d_weight_gradient<float>(Executor::serial(), arena, geometry, x.data(), y.data(),
                                           kernels::ConvWeights<float>{dw.data(), 7 * 9, 9}, false);
    hash = chained_hash(dw, hash);
    kernels::conv2d_input_gradient<float>(Executor::serial(), arena, geometry, y.data(), weights,
                                          x.data(), false);
    return chained_hash(x, hash);
}

template <class T>
std::uint64_t function_bits(const Stream& stream, std::uint64_t hash) {
    std::vector<T> x(333);
    std::vector<T> y(x.size());
    stream.fill_normal(std::span<T>(x));
    const T* from = x.data();
    map_into(
        x.size(), [](Pack<T> v) { return tanh(v); }, y.data(), from);
    hash = chained_hash(y, hash);
    map_into(
        x.size(), [](Pack<T> v) { return log(abs(v)) + sin(v); }, y.data(), from);
    hash = chained_hash(y, hash);
    ops::detail::softmax_row<T>(x.size(), T(0.7), from, y.data());
    return chained_hash(y, hash);
}

inline std::uint64_t arithmetic_bits() {
    const Stream stream(0x5e1f7e57U, 3);
    std::uint64_t hash = product_bits<float>(stream, 0);
    hash = product_bits<double>(stream, hash);
    hash = convolution_bits(stream, hash);
    hash = function_bits<float>(stream, hash);
    return function_bits<double>(stream, hash);
}

} // namespace detail

/// Computes a little of everything whose bits are promised: noise, products with 784 terms,
/// a convolution and its gradients, tanh, logarithm, sine, softmax. Serial, no input.
/// \cost about a millisecond
[[nodiscard]] inline SelfTest self_test() {
    return {detail::random_bits(), detail::arithmetic_bits()};
}

/// Both hashes in one: a worker or a resumed run is accepted if its hash is equal.
[[nodiscard]] inline std::uint64_t self_test_hash() {
    const SelfTest test = self_test();
    const std::uint64_t both[] = {test.random, test.arithmetic};
    return hash64(std::as_bytes(std::span<const std::uint64_t>(both)));
}

} // namespace baldwin
