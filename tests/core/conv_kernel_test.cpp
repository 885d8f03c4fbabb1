// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/kernels/conv.hpp>
#include <baldwin/core/kernels/rows.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::kernels::conv_kernel_test {
namespace {

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

/// Calls f(image, out channel, in channel of its group, output pixel, tap, input pixel) for every
/// product of the convolution's definition.
template <class F>
void each_product(const ConvGeometry& g, F&& f) {
    const auto signed_of = [](std::size_t value) { return static_cast<std::ptrdiff_t>(value); };
    for (std::size_t n = 0; n < g.batch; ++n) {
        for (std::size_t o = 0; o < g.out_channels; ++o) {
            for (std::size_t c = 0; c < g.group_in(); ++c) {
                for (std::size_t p = 0; p < g.out_pixels(); ++p) {
                    for (std::size_t tap = 0; tap < g.taps(); ++tap) {
                        const auto y = signed_of(p / g.out_width() * g.stride_h +
                                                 tap / g.kernel_w * g.dilation_h) -
                                       signed_of(g.pad_top);
                        const auto x = signed_of(p % g.out_width() * g.stride_w +
                                                 tap % g.kernel_w * g.dilation_w) -
                                       signed_of(g.pad_left);
                        if (y < 0 || x < 0 || y >= signed_of(g.height) || x >= signed_of(g.width))
                            continue;
                        f(n, o, c, p, tap,
                          static_cast<std::size_t>(y) * g.width + static_cast<std::size_t>(x));
                    }
                }
            }
        }
    }
}

std::vector<ConvGeometry> geometries() {
    std::vector<ConvGeometry> all;
    const auto add = [&](ConvGeometry g) { all.push_back(g); };
    add({.batch = 3,
         .in_channels = 1,
         .height = 28,
         .width = 28,
         .out_channels = 32,
         .kernel_h = 3,
         .kernel_w = 3,
         .pad_top = 1,
         .pad_bottom = 1,
         .pad_left = 1,
         .pad_right = 1});
    add({.batch = 2,
         .in_channels = 9,
         .height = 14,
         .width = 14,
         .out_channels = 20,
         .kernel_h = 3,
         .kernel_w = 3,
         .pad_top = 1,
         .pad_bottom = 1,
         .pad_left = 1,
         .pad_right = 1});
    add({.batch = 2,
         .in_channels = 4,
         .height = 21,
         .width = 21,
         .out_channels = 7,
         .kernel_h = 8,
         .kernel_w = 8,
         .stride_h = 4,
         .stride_w = 4,
         .pad_top = 1,
         .pad_bottom = 2,
         .pad_left = 1,
         .pad_right = 2});
    add({.batch = 1,
         .in_channels = 3,
         .height = 11,
         .width = 13,
         .out_channels = 5,
         .kernel_h = 4,
         .kernel_w = 4,
         .stride_h = 2,
         .stride_w = 2,
         .pad_top = 1,
         .pad_bottom = 2,
         .pad_left = 1,
         .pad_right = 2});
    add({.batch = 9,
         .in_channels = 6,
         .height = 9,
         .width = 7,
         .out_channels = 8,
         .kernel_h = 3,
         .kernel_w = 2,
         .stride_h = 2,
         .stride_w = 3,
         .pad_top = 2,
         .pad_left = 1,
         .dilation_h = 2,
         .dilation_w = 3,
         .groups = 2});
    add({.batch = 2,
         .in_channels = 8,
         .height = 10,
         .width = 10,
         .out_channels = 8,
         .kernel_h = 3,
         .kernel_w = 3,
         .pad_top = 1,
         .pad_bottom = 1,
         .pad_left = 1,
         .pad_right = 1,
         .groups = 8});
    add({.batch = 2,
         .in_channels = 5,
         .height = 12,
         .width = 17,
         .out_channels = 5,
         .kernel_h = 5,
         .kernel_w = 5,
         .stride_h = 2,
         .stride_w = 2,
         .pad_top = 2,
         .pad_bottom = 2,
         .pad_left = 2,
         .pad_right = 2,
         .groups = 5});
    add({.batch = 2,
         .in_channels = 4,
         .height = 9,
         .width = 9,
         .out_channels = 8,
         .kernel_h = 3,
         .kernel_w = 3,
         .pad_top = 1,
         .pad_bottom = 1,
         .pad_left = 1,
         .pad_right = 1,
         .groups = 4});
    add({.batch = 2,
         .in_channels = 40,
         .height = 5,
         .width = 5,
         .out_channels = 17,
         .kernel_h = 1,
         .kernel_w = 1});
    add({.batch = 2,
         .in_channels = 6,
         .height = 9,
         .width = 9,
         .out_channels = 17,
         .kernel_h = 1,
         .kernel_w = 1,
         .stride_h = 2,
         .stride_w = 2});
    add({.batch = 1,
         .in_channels = 3,
         .height = 4,
         .width = 1,
         .out_channels = 2,
         .kernel_h = 3,
         .kernel_w = 1});
    add({.batch = 7,
         .in_channels = 2,
         .height = 2,
         .width = 3,
         .out_channels = 13,
         .kernel_h = 3,
         .kernel_w = 3,
         .pad_top = 1,
         .pad_bottom = 1,
         .pad_left = 1,
         .pad_right = 1});
    add({.batch = 21,
         .in_channels = 3,
         .height = 7,
         .width = 7,
         .out_channels = 8,
         .kernel_h = 3,
         .kernel_w = 3,
         .pad_top = 1,
         .pad_bottom = 1,
         .pad_left = 1,
         .pad_right = 1});
    add({.batch = 1,
         .in_channels = 64,
         .height = 6,
         .width = 40,
         .out_channels = 3,
         .kernel_h = 3,
         .kernel_w = 3,
         .pad_bottom = 5,
         .pad_right = 7});
    return all;
}

std::string describe(const ConvGeometry& g) {
    return std::to_string(g.in_channels) + "x" + std::to_string(g.height) + "x" +
           std::to_string(g.width) + " -> " + std::to_string(g.out_channels) + " kernel " +
           std::to_string(g.kernel_h) + "x" + std::to_string(g.kernel_w) + " stride " +
           std::to_string(g.stride_h) + " groups " + std::to_string(g.groups);
}

template <class T>
struct Layer {
    explicit Layer(const ConvGeometry& g)
        : geometry(g), x(numbers<T>(g.batch * g.in_channels * g.in_pixels(), 1)),
          w(numbers<T>(g.out_channels * g.group_in() * g.taps(), 2)),
          bias(numbers<T>(g.out_channels, 3)),
          dy(numbers<T>(g.batch * g.out_channels * g.out_pixels(), 4)) {}

    ConvWeights<const T> weights() const {
        return {w.data(), geometry.group_in() * geometry.taps(), geometry.taps()};
    }
    std::vector<T> forward(const Executor& executor, ConvWeights<const T> view) const {
        std::vector<T> y(dy.size(), std::numeric_limits<T>::quiet_NaN());
        Arena arena;
        conv2d_forward(executor, arena, geometry, x.data(), view, bias.data(), y.data());
        return y;
    }
    std::vector<T> input_gradient(const Executor& executor, ConvWeights<const T> view) const {
        std::vector<T> dx(x.size(), std::numeric_limits<T>::quiet_NaN());
        Arena arena;
        conv2d_input_gradient(executor, arena, geometry, dy.data(), view, dx.data(), false);
        return dx;
    }
    std::vector<T> weight_gradient(const Executor& executor) const {
        std::vector<T> dw(w.size(), std::numeric_limits<T>::quiet_NaN());
        Arena arena;
        conv2d_weight_gradient(executor, arena, geometry, x.data(), dy.data(),
                               {dw.data(), geometry.group_in() * geometry.taps(), geometry.taps()},
                               false);
        return dw;
    }

    ConvGeometry geometry;
    std::vector<T> x;
    std::vector<T> w;
    std::vector<T> bias;
    std::vector<T> dy;
};

/// Largest difference; a sum of n products of numbers below 1 errs by about n u at most.
template <class T>
void expect_near(const std::vector<T>& values, const std::vector<double>& expected,
                 std::size_t terms) {
    ASSERT_EQ(values.size(), expected.size());
    const double bound = 4.0 * static_cast<double>(terms + 4) *
                         static_cast<double>(std::numeric_limits<T>::epsilon());
    for (std::size_t i = 0; i < values.size(); ++i) ASSERT_NEAR(values[i], expected[i], bound) << i;
}

template <class T>
class CoreConvKernel : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(CoreConvKernel, Scalars);

TYPED_TEST(CoreConvKernel, ForwardIsItsDefinition) {
    for (const auto& g : geometries()) {
        SCOPED_TRACE(describe(g));
        const Layer<TypeParam> layer(g);
        std::vector<double> expected(layer.dy.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            expected[i] = layer.bias[i / g.out_pixels() % g.out_channels];
        }
        each_product(g, [&](auto n, auto o, auto c, auto p, auto tap, auto q) {
            const std::size_t channel = o / g.group_out() * g.group_in() + c;
            expected[(n * g.out_channels + o) * g.out_pixels() + p] +=
                static_cast<double>(layer.w[(o * g.group_in() + c) * g.taps() + tap]) *
                layer.x[(n * g.in_channels + channel) * g.in_pixels() + q];
        });
        expect_near(layer.forward(Executor::serial(), layer.weights()), expected,
                    g.group_in() * g.taps());
    }
}

TYPED_TEST(CoreConvKernel, InputGradientIsItsDefinition) {
    for (const auto& g : geometries()) {
        SCOPED_TRACE(describe(g));
        const Layer<TypeParam> layer(g);
        std::vector<double> expected(layer.x.size());
        each_product(g, [&](auto n, auto o, auto c, auto p, auto tap, auto q) {
            const std::size_t channel = o / g.group_out() * g.group_in() + c;
            expected[(n * g.in_channels + channel) * g.in_pixels() + q] +=
                static_cast<double>(layer.w[(o * g.group_in() + c) * g.taps() + tap]) *
                layer.dy[(n * g.out_channels + o) * g.out_pixels() + p];
        });
        const auto dx = layer.input_gradient(Executor::serial(), layer.weights());
        expect_near(dx, expected, g.group_out() * g.taps());
        auto twice = dx;
        Arena arena;
        conv2d_input_gradient(Executor::serial(), arena, g, layer.dy.data(), layer.weights(),
                              twice.data(), true);
        for (auto& value : expected) value *= 2;
        expect_near(twice, expected, 2 * g.group_out() * g.taps());
    }
}

TYPED_TEST(CoreConvKernel, WeightGradientIsItsDefinition) {
    for (const auto& g : geometries()) {
        SCOPED_TRACE(describe(g));
        const Layer<TypeParam> layer(g);
        std::vector<double> expected(layer.w.size());
        each_product(g, [&](auto n, auto o, auto c, auto p, auto tap, auto q) {
            const std::size_t channel = o / g.group_out() * g.group_in() + c;
            expected[(o * g.group_in() + c) * g.taps() + tap] +=
                static_cast<double>(layer.x[(n * g.in_channels + channel) * g.in_pixels() + q]) *
                layer.dy[(n * g.out_channels + o) * g.out_pixels() + p];
        });
        const auto dw = layer.weight_gradient(Executor::serial());
        expect_near(dw, expected, g.batch * g.out_pixels());
        auto twice = dw;
        Arena arena;
        conv2d_weight_gradient(Executor::serial(), arena, g, layer.x.data(), layer.dy.data(),
                               {twice.data(), g.group_in() * g.taps(), g.taps()}, true);
        for (auto& value : expected) value *= 2;
        expect_near(twice, expected, 2 * g.batch * g.out_pixels());
    }
}

TYPED_TEST(CoreConvKernel, ThreadsDoNotChangeBits) {
    const std::vector<Executor> executors{Executor(2), Executor(3), Executor(8)};
    for (const auto& g : geometries()) {
        SCOPED_TRACE(describe(g));
        const Layer<TypeParam> layer(g);
        const auto y = layer.forward(Executor::serial(), layer.weights());
        const auto dx = layer.input_gradient(Executor::serial(), layer.weights());
        const auto dw = layer.weight_gradient(Executor::serial());
        for (const auto& executor : executors) {
            EXPECT_EQ(layer.forward(executor, layer.weights()), y);
            EXPECT_EQ(layer.input_gradient(executor, layer.weights()), dx);
            EXPECT_EQ(layer.weight_gradient(executor), dw);
        }
    }
}

// The wide kernels are chosen by asking the processor, so they must not show.
TYPED_TEST(CoreConvKernel, WideTilesGiveTheBitsOfNarrowOnes) {
    if (!detail::uses_wide_tiles()) GTEST_SKIP() << "no AVX-512F here, or a build without FMA";
    for (const auto& g : geometries()) {
        SCOPED_TRACE(describe(g));
        const Layer<TypeParam> layer(g);
        const auto y = layer.forward(Executor::serial(), layer.weights());
        const auto dx = layer.input_gradient(Executor::serial(), layer.weights());
        const auto dw = layer.weight_gradient(Executor::serial());
        detail::uses_wide_tiles() = false;
        EXPECT_EQ(layer.forward(Executor::serial(), layer.weights()), y);
        EXPECT_EQ(layer.input_gradient(Executor::serial(), layer.weights()), dx);
        EXPECT_EQ(layer.weight_gradient(Executor::serial()), dw);
        detail::uses_wide_tiles() = true;
    }
}

// Weights inside a block of a super-network, at every offset modulo 16 and with long strides.
TYPED_TEST(CoreConvKernel, NarrowedWeightsGiveTheBitsOfACompactCopy) {
    for (const auto& g : geometries()) {
        SCOPED_TRACE(describe(g));
        const Layer<TypeParam> layer(g);
        const auto y = layer.forward(Executor::serial(), layer.weights());
        const auto dx = layer.input_gradient(Executor::serial(), layer.weights());
        const auto dw = layer.weight_gradient(Executor::serial());
        const std::size_t row = g.taps() + 3;
        const std::size_t plane = 8017 + row * g.group_in();
        for (std::size_t offset = 0; offset < 16; ++offset) {
            std::vector<TypeParam> block(offset + plane * g.out_channels);
            const ConvWeights<TypeParam> view{block.data() + offset, plane, row};
            for (std::size_t o = 0; o < g.out_channels; ++o) {
                for (std::size_t c = 0; c < g.group_in(); ++c) {
                    std::copy_n(layer.w.data() + (o * g.group_in() + c) * g.taps(), g.taps(),
                                view.at(o, c));
                }
            }
            EXPECT_EQ(layer.forward(Executor::serial(), view), y);
            EXPECT_EQ(layer.input_gradient(Executor::serial(), view), dx);
            std::fill(block.begin(), block.end(), TypeParam{0});
            Arena arena;
            conv2d_weight_gradient(Executor::serial(), arena, g, layer.x.data(), layer.dy.data(),
                                   view, false);
            for (std::size_t o = 0; o < g.out_channels; ++o) {
                for (std::size_t c = 0; c < g.group_in(); ++c) {
                    ASSERT_TRUE(std::equal(view.at(o, c), view.at(o, c) + g.taps(),
                                           dw.data() + (o * g.group_in() + c) * g.taps()));
                }
            }
        }
    }
}

TEST(CoreConvGeometry, RefusesWhatIsNoConvolution) {
    const ConvGeometry good{
        .in_channels = 4, .height = 5, .width = 5, .out_channels = 4, .kernel_h = 3, .kernel_w = 3};
    EXPECT_NO_THROW(check(good));
    const auto refuses = [&](auto change) {
        ConvGeometry g = good;
        change(g);
        EXPECT_THROW(check(g), std::invalid_argument);
    };
    refuses([](auto& g) { g.kernel_h = 0; });
    refuses([](auto& g) { g.kernel_w = 0; });
    refuses([](auto& g) { g.stride_h = 0; });
    refuses([](auto& g) { g.stride_w = 0; });
    refuses([](auto& g) { g.dilation_h = 0; });
    refuses([](auto& g) { g.dilation_w = 0; });
    refuses([](auto& g) { g.in_channels = 0; });
    refuses([](auto& g) { g.out_channels = 0; });
    refuses([](auto& g) { g.groups = 3; });
    refuses([](auto& g) { g.groups = 0; });
    refuses([](auto& g) { g.height = 2; });
    refuses([](auto& g) { g.dilation_w = 3; });
}

TEST(CoreChannelSums, AddPixelsOfAllImages) {
    const auto x = numbers<double>(5 * 3 * 50, 1);
    std::vector<double> expected(3);
    for (std::size_t i = 0; i < x.size(); ++i) expected[i / 50 % 3] += x[i];
    std::vector<double> sums(3);
    Arena arena;
    channel_sums(Executor::serial(), arena, 5, 3, 50, x.data(), sums.data(), false);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(sums[c], expected[c], 1e-13);
    channel_sums(Executor(3), arena, 5, 3, 50, x.data(), sums.data(), true);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(sums[c], 2 * expected[c], 2e-13);
}

} // namespace
} // namespace baldwin::kernels::conv_kernel_test
