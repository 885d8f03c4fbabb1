// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/simd.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

namespace baldwin::simd_test {
namespace {

using baldwin::kLanes;
using baldwin::Pack;

// Values without a pattern, in (-1, 1).
template <class T>
std::vector<T> values(std::size_t count, std::uint64_t seed = 1) {
    std::vector<T> result(count);
    for (auto& value : result) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        value = static_cast<T>(static_cast<std::int64_t>(seed >> 32) - (std::int64_t{1} << 31)) /
                T(0x1p31);
    }
    return result;
}

template <class T>
class CoreSimd : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(CoreSimd, Scalars);

TYPED_TEST(CoreSimd, LoadsAndStoresAnyAddress) {
    using T = TypeParam;
    const auto in = values<T>(64);
    for (std::size_t offset = 0; offset < 17; ++offset) {
        std::vector<T> out(64, T(7));
        baldwin::store(out.data() + offset, baldwin::load(in.data() + offset));
        for (std::size_t i = 0; i < out.size(); ++i) {
            const bool is_inside = i >= offset && i < offset + kLanes<T>;
            EXPECT_EQ(out[i], is_inside ? in[i] : T(7));
        }
    }
}

TYPED_TEST(CoreSimd, PartialLoadsAndStoresStayInside) {
    using T = TypeParam;
    for (std::size_t count = 0; count <= kLanes<T>; ++count) {
        const std::vector<T> in = values<T>(count); // the sanitizer sees a read beyond it
        const Pack<T> pack = baldwin::load_partial(in.data(), count, T(9));
        std::vector<T> out(kLanes<T>, T(7));
        baldwin::store_partial(out.data(), pack, count);
        for (std::size_t i = 0; i < kLanes<T>; ++i) {
            EXPECT_EQ(pack[i], i < count ? in[i] : T(9));
            EXPECT_EQ(out[i], i < count ? in[i] : T(7));
        }
    }
}

TYPED_TEST(CoreSimd, LaneOperationsAreThoseOfScalars) {
    using T = TypeParam;
    const auto a = values<T>(kLanes<T>, 2);
    const auto b = values<T>(kLanes<T>, 3);
    const Pack<T> x = baldwin::load(a.data());
    const Pack<T> y = baldwin::load(b.data());
    for (std::size_t i = 0; i < kLanes<T>; ++i) {
        EXPECT_EQ((x + y)[i], a[i] + b[i]);
        EXPECT_EQ((x * y)[i], a[i] * b[i]);
        EXPECT_EQ((x / y)[i], a[i] / b[i]);
        EXPECT_EQ(baldwin::min(x, y)[i], std::min(a[i], b[i]));
        EXPECT_EQ(baldwin::max(x, y)[i], std::max(a[i], b[i]));
        EXPECT_EQ(baldwin::abs(x)[i], std::abs(a[i]));
        EXPECT_EQ(baldwin::sqrt(x * x)[i], std::abs(a[i]));
        EXPECT_EQ(baldwin::select(x < y, x, y)[i], a[i] < b[i] ? a[i] : b[i]);
        EXPECT_EQ(baldwin::with_sign_of(baldwin::abs(x), y)[i], std::copysign(a[i], b[i]));
        // fused or not: one rounding of a product below 1 apart
        EXPECT_NEAR(baldwin::fma(x, y, x)[i], std::fma(a[i], b[i], a[i]),
                    std::numeric_limits<T>::epsilon());
    }
}

TYPED_TEST(CoreSimd, MinAndMaxGiveTheSecondOperandForNan) {
    using T = TypeParam;
    const T nan = std::numeric_limits<T>::quiet_NaN();
    const Pack<T> zero = {};
    EXPECT_TRUE(std::isnan(baldwin::max(zero, baldwin::broadcast(nan))[0]));
    EXPECT_EQ(baldwin::max(baldwin::broadcast(nan), zero)[0], T(0));
    EXPECT_TRUE(std::isnan(baldwin::min(zero, baldwin::broadcast(nan))[0]));
    EXPECT_EQ(baldwin::min(baldwin::broadcast(nan), zero)[0], T(0));
}

TYPED_TEST(CoreSimd, AnyLaneSeesEachLane) {
    using T = TypeParam;
    EXPECT_FALSE(baldwin::any_lane(Pack<T>{} > Pack<T>{}));
    for (std::size_t i = 0; i < kLanes<T>; ++i) {
        Pack<T> x = {};
        x[i] = 1;
        EXPECT_TRUE(baldwin::any_lane(x > Pack<T>{}));
    }
}

// An operation in which the compiler may fuse or not, and a constant that it may hoist.
template <class T>
struct Mixed {
    T a;
    T b;
    Pack<T> operator()(Pack<T> x, Pack<T> y) const { return x * y + a * b - x / (y * y + a); }
};

// The bits of element i are those that it has alone, at any position, offset and length.
TYPED_TEST(CoreSimd, MapBitsDependOnTheElementAlone) {
    using T = TypeParam;
    const Mixed<T> f{T(0.7), T(1.3)};
    const auto x = values<T>(100, 4);
    const auto y = values<T>(100, 5);
    std::vector<T> alone(100);
    for (std::size_t i = 0; i < 100; ++i) baldwin::map_into(1, f, &alone[i], &x[i], &y[i]);
    for (std::size_t begin = 0; begin < 20; ++begin) {
        for (std::size_t count = 0; count + begin <= 100; count += 1 + begin % 3) {
            std::vector<T> out(count + 1, T(7));
            baldwin::map_into(count, f, out.data(), x.data() + begin, y.data() + begin);
            EXPECT_EQ(std::memcmp(out.data(), alone.data() + begin, count * sizeof(T)), 0);
            EXPECT_EQ(out[count], T(7));
        }
    }
}

TYPED_TEST(CoreSimd, MapWorksInPlaceAndWithoutInputs) {
    using T = TypeParam;
    auto x = values<T>(37);
    const auto before = x;
    baldwin::map_into(
        x.size(), [](Pack<T> p) { return p + p; }, x.data(), x.data());
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(x[i], 2 * before[i]);
    baldwin::map_into(
        x.size(), [] { return baldwin::broadcast(T(3)); }, x.data());
    EXPECT_EQ(std::count(x.begin(), x.end(), T(3)), 37);
}

// n additions of values below 1 lose at most n^2 / 2 units of epsilon; small integers lose nothing.
TYPED_TEST(CoreSimd, SumDotAndMaximumCountEveryElementOnce) {
    using T = TypeParam;
    for (std::size_t n = 0; n < 150; ++n) {
        std::vector<T> ones(n, T(1));
        std::vector<T> index(n);
        for (std::size_t i = 0; i < n; ++i) index[i] = static_cast<T>(i);
        const auto expected = static_cast<T>(n * (n - (n > 0)) / 2);
        EXPECT_EQ(baldwin::sum(n, index.data()), expected);
        EXPECT_EQ(baldwin::dot(n, index.data(), ones.data()), expected);
        for (std::size_t peak = 0; peak < n; ++peak) {
            ones[peak] = T(5);
            EXPECT_EQ(baldwin::maximum(n, ones.data()), T(5));
            ones[peak] = T(1);
        }
    }
    EXPECT_EQ(baldwin::maximum<T>(0, nullptr), -std::numeric_limits<T>::infinity());
}

TYPED_TEST(CoreSimd, SumsDoNotDependOnTheAddress) {
    using T = TypeParam;
    for (const std::size_t n : {1U, 7U, 31U, 100U, 1000U}) {
        const auto x = values<T>(n, 6);
        const T expected = baldwin::sum(n, x.data());
        const T product = baldwin::dot(n, x.data(), x.data());
        for (std::size_t offset = 1; offset < 17; ++offset) {
            std::vector<T> moved(offset + n);
            std::copy(x.begin(), x.end(), moved.begin() + static_cast<std::ptrdiff_t>(offset));
            EXPECT_EQ(baldwin::sum(n, moved.data() + offset), expected);
            EXPECT_EQ(baldwin::dot(n, moved.data() + offset, moved.data() + offset), product);
        }
    }
}

TYPED_TEST(CoreSimd, MaximumIgnoresNan) {
    using T = TypeParam;
    for (std::size_t where = 0; where < 70; ++where) {
        auto x = values<T>(70, 8);
        x[where] = std::numeric_limits<T>::quiet_NaN();
        T expected = -1;
        for (const T value : x) expected = value > expected ? value : expected;
        EXPECT_EQ(baldwin::maximum(x.size(), x.data()), expected);
    }
}

} // namespace
} // namespace baldwin::simd_test
