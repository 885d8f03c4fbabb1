// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/kernels/pool.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::kernels::pool_kernel_test {
namespace {

/// Numbers in [-1, 1) in steps of \p step, so that ties occur where it is large.
template <class T>
std::vector<T> numbers(std::size_t count, std::uint64_t seed, std::int64_t step = 1) {
    std::vector<T> values(count);
    std::uint64_t state = seed * 2 + 1;
    for (auto& value : values) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        const auto whole = static_cast<std::int64_t>(state >> 40) / step * step;
        value = static_cast<T>(static_cast<double>(whole) / 8388608.0 - 1.0);
    }
    return values;
}

std::vector<PoolGeometry> geometries() {
    std::vector<PoolGeometry> all;
    for (const std::size_t extent : {2U, 5U, 7U, 8U, 14U, 15U, 28U, 33U}) {
        all.push_back({.planes = 5,
                       .height = extent,
                       .width = extent,
                       .window_h = 2,
                       .window_w = 2,
                       .stride_h = 2,
                       .stride_w = 2});
        all.push_back({.planes = 2,
                       .height = extent + 3,
                       .width = extent,
                       .window_h = 2,
                       .window_w = 2,
                       .stride_h = 2,
                       .stride_w = 2});
        all.push_back({.planes = 3,
                       .height = extent,
                       .width = extent + 2,
                       .window_h = 3,
                       .window_w = 3,
                       .stride_h = 2,
                       .stride_w = 2,
                       .pad_top = 1,
                       .pad_bottom = 1,
                       .pad_left = 1,
                       .pad_right = 1});
    }
    all.push_back({.planes = 4,
                   .height = 6,
                   .width = 9,
                   .window_h = 3,
                   .window_w = 4,
                   .stride_h = 1,
                   .stride_w = 2,
                   .pad_top = 2,
                   .pad_left = 3});
    return all;
}

std::string describe(const PoolGeometry& g) {
    return std::to_string(g.height) + "x" + std::to_string(g.width) + " window " +
           std::to_string(g.window_h) + "x" + std::to_string(g.window_w);
}

/// Calls f(plane, output index, input index, place in the window) for the part of each window that
/// lies inside the image, in row-major order.
template <class F>
void each_element(const PoolGeometry& g, F&& f) {
    for (std::size_t out = 0; out < g.planes * g.out_pixels(); ++out) {
        const std::size_t plane = out / g.out_pixels();
        const std::size_t pixel = out % g.out_pixels();
        for (std::size_t place = 0; place < g.window_h * g.window_w; ++place) {
            const std::size_t y = pixel / g.out_width() * g.stride_h + place / g.window_w;
            const std::size_t x = pixel % g.out_width() * g.stride_w + place % g.window_w;
            if (y < g.pad_top || x < g.pad_left || y - g.pad_top >= g.height ||
                x - g.pad_left >= g.width) {
                continue;
            }
            f(plane, out, (plane * g.height + y - g.pad_top) * g.width + x - g.pad_left, place);
        }
    }
}

template <class T>
class CorePoolKernel : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(CorePoolKernel, Scalars);

TYPED_TEST(CorePoolKernel, MaximumIsTheFirstLargestOfEachWindow) {
    using T = TypeParam;
    for (const auto& g : geometries()) {
        for (const std::int64_t step : {std::int64_t{1}, std::int64_t{1} << 22}) {
            SCOPED_TRACE(describe(g) + " step " + std::to_string(step));
            const auto x = numbers<T>(g.planes * g.in_pixels(), 1, step);
            const std::size_t outputs = g.planes * g.out_pixels();
            std::vector<T> expected(outputs, -std::numeric_limits<T>::infinity());
            std::vector<WindowIndex> places(outputs);
            each_element(g, [&](auto, auto out, auto in, auto place) {
                if (!(x[in] > expected[out])) return;
                expected[out] = x[in];
                places[out] = static_cast<WindowIndex>(place);
            });
            std::vector<T> y(outputs);
            std::vector<WindowIndex> winners(outputs);
            max_pool_forward(Executor::serial(), g, x.data(), y.data(), winners.data());
            EXPECT_EQ(y, expected);
            EXPECT_EQ(winners, places);
            std::vector<T> without(outputs);
            max_pool_forward<T>(Executor::serial(), g, x.data(), without.data(), nullptr);
            EXPECT_EQ(without, expected);
        }
    }
}

TYPED_TEST(CorePoolKernel, MaximumSendsGradientsToTheWinners) {
    using T = TypeParam;
    for (const auto& g : geometries()) {
        SCOPED_TRACE(describe(g));
        const auto x = numbers<T>(g.planes * g.in_pixels(), 1);
        const auto dy = numbers<T>(g.planes * g.out_pixels(), 2);
        std::vector<T> y(dy.size());
        std::vector<WindowIndex> winners(dy.size());
        max_pool_forward(Executor::serial(), g, x.data(), y.data(), winners.data());
        std::vector<T> expected(x.size());
        each_element(g, [&](auto, auto out, auto in, auto place) {
            if (winners[out] == place) expected[in] += dy[out];
        });
        std::vector<T> dx(x.size(), std::numeric_limits<T>::quiet_NaN());
        max_pool_backward(Executor::serial(), g, dy.data(), winners.data(), dx.data(), false);
        EXPECT_EQ(dx, expected);
        // doubling is exact, and so is adding to itself
        if (g.is_halving()) {
            max_pool_backward(Executor::serial(), g, dy.data(), winners.data(), dx.data(), true);
            for (auto& value : expected) value *= 2;
            EXPECT_EQ(dx, expected);
        }
    }
}

TYPED_TEST(CorePoolKernel, AverageIsTheMeanOfEachWindow) {
    using T = TypeParam;
    for (const auto& g : geometries()) {
        for (const bool count_padding : {false, true}) {
            SCOPED_TRACE(describe(g));
            const auto x = numbers<T>(g.planes * g.in_pixels(), 1);
            const auto dy = numbers<T>(g.planes * g.out_pixels(), 2);
            std::vector<double> sums(dy.size());
            std::vector<double> counts(dy.size());
            each_element(g, [&](auto, auto out, auto in, auto) {
                sums[out] += x[in];
                counts[out] += 1;
            });
            const auto whole = static_cast<double>(g.window_h * g.window_w);
            std::vector<double> expected(x.size());
            each_element(g, [&](auto, auto out, auto in, auto) {
                expected[in] += dy[out] / (count_padding ? whole : counts[out]);
            });
            const double bound = 20.0 * static_cast<double>(std::numeric_limits<T>::epsilon());
            std::vector<T> y(dy.size());
            std::vector<T> dx(x.size());
            average_pool_forward(Executor::serial(), g, count_padding, x.data(), y.data());
            for (std::size_t i = 0; i < y.size(); ++i) {
                EXPECT_NEAR(y[i], sums[i] / (count_padding ? whole : counts[i]), bound);
            }
            average_pool_backward(Executor::serial(), g, count_padding, dy.data(), dx.data(),
                                  false);
            average_pool_backward(Executor::serial(), g, count_padding, dy.data(), dx.data(), true);
            for (std::size_t i = 0; i < dx.size(); ++i) {
                EXPECT_NEAR(dx[i], 2 * expected[i], 2 * bound);
            }
        }
    }
}

TYPED_TEST(CorePoolKernel, GlobalAverageIsTheMeanOfThePlane) {
    using T = TypeParam;
    for (const std::size_t pixels : {1U, 7U, 49U, 100U, 784U}) {
        const auto x = numbers<T>(6 * pixels, 1);
        std::vector<T> y(6);
        global_average_forward(Executor::serial(), 6, pixels, x.data(), y.data());
        for (std::size_t plane = 0; plane < 6; ++plane) {
            double sum = 0;
            for (std::size_t i = 0; i < pixels; ++i) sum += x[plane * pixels + i];
            EXPECT_NEAR(y[plane], sum / static_cast<double>(pixels),
                        static_cast<double>(pixels) * 1e-7);
        }
        std::vector<T> dx(x.size(), T{1});
        global_average_backward(Executor::serial(), 6, pixels, y.data(), dx.data(), true);
        EXPECT_EQ(dx[0], 1 + y[0] * (T{1} / static_cast<T>(pixels)));
        global_average_backward(Executor::serial(), 6, pixels, y.data(), dx.data(), false);
        EXPECT_EQ(dx.back(), y.back() * (T{1} / static_cast<T>(pixels)));
    }
}

TYPED_TEST(CorePoolKernel, ThreadsDoNotChangeBits) {
    using T = TypeParam;
    const std::vector<Executor> executors{Executor(2), Executor(3), Executor(8)};
    for (auto g : geometries()) {
        SCOPED_TRACE(describe(g));
        g.planes = 150;
        const auto x = numbers<T>(g.planes * g.in_pixels(), 1);
        const auto run = [&](const Executor& executor) {
            std::vector<T> result(g.planes * (2 * g.in_pixels() + 2 * g.out_pixels()));
            std::vector<WindowIndex> winners(g.planes * g.out_pixels());
            T* y = result.data();
            T* mean = y + g.planes * g.out_pixels();
            T* dx = mean + g.planes * g.out_pixels();
            max_pool_forward(executor, g, x.data(), y, winners.data());
            average_pool_forward(executor, g, false, x.data(), mean);
            max_pool_backward(executor, g, y, winners.data(), dx, false);
            average_pool_backward(executor, g, false, y, dx + g.planes * g.in_pixels(), false);
            return result;
        };
        const auto expected = run(Executor::serial());
        for (const auto& executor : executors) EXPECT_EQ(run(executor), expected);
    }
}

TEST(CorePoolGeometry, RefusesWhatIsNoPooling) {
    const PoolGeometry good{.height = 5, .width = 5, .window_h = 2, .window_w = 2};
    EXPECT_NO_THROW(check(good));
    const auto refuses = [&](auto change) {
        PoolGeometry g = good;
        change(g);
        EXPECT_THROW(check(g), std::invalid_argument);
    };
    refuses([](auto& g) { g.window_h = 0; });
    refuses([](auto& g) { g.window_w = 0; });
    refuses([](auto& g) { g.stride_h = 0; });
    refuses([](auto& g) { g.stride_w = 0; });
    refuses([](auto& g) { g.pad_top = 2; });
    refuses([](auto& g) { g.pad_right = 2; });
    refuses([](auto& g) { g.height = 1; });
    refuses([](auto& g) { g.width = 1; });
    refuses([](auto& g) { g.height = g.width = g.window_h = g.window_w = 300; });
}

} // namespace
} // namespace baldwin::kernels::pool_kernel_test
