// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/math.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

namespace baldwin::math_test {
namespace {

using baldwin::kLanes;
using baldwin::Pack;
using Real = long double;

Real sigmoid_reference(Real x) {
    return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}
Real softplus_reference(Real x) {
    return std::fmax(x, Real(0)) + std::log1p(std::exp(-std::fabs(x)));
}

// A function under test: ours on packs, the reference, and where most of its values are
// interesting.
template <class T>
struct Function {
    const char* name;
    Pack<T> (*ours)(Pack<T>);
    Real (*reference)(Real);
    double low;
    double high;
    double float_error; // the bounds in the docstrings, in ulp
    double double_error;

    [[nodiscard]] double bound() const { return sizeof(T) == 4 ? float_error : double_error; }
};

template <class T>
const std::vector<Function<T>>& functions() {
    using P = Pack<T>;
    constexpr double kExp = std::is_same_v<T, float> ? 110 : 750;
    static const std::vector<Function<T>> list = {
        {"exp", [](P x) { return baldwin::exp(x); }, std::exp, -kExp, kExp, 1.2, 1.2},
        {"expm1", [](P x) { return baldwin::expm1(x); }, std::expm1, -50, kExp, 1.5, 2.0},
        {"log", [](P x) { return baldwin::log(x); }, std::log, 0, 10, 0.9, 0.8},
        {"log1p", [](P x) { return baldwin::log1p(x); }, std::log1p, -1, 3, 0.9, 0.8},
        {"tanh", [](P x) { return baldwin::tanh(x); }, std::tanh, -12, 12, 2.4, 2.6},
        {"sigmoid", [](P x) { return baldwin::sigmoid(x); }, sigmoid_reference, -kExp, kExp, 2.4,
         2.3},
        {"softplus", [](P x) { return baldwin::softplus(x); }, softplus_reference, -kExp, kExp, 1.7,
         1.8},
        {"sin", [](P x) { return baldwin::sin(x); }, std::sin, -100, 100, 1.5, 1.2},
        {"cos", [](P x) { return baldwin::cos(x); }, std::cos, -100, 100, 1.5, 1.2},
        {"erf", [](P x) { return baldwin::erf(x); }, std::erf, -6, 6, 1.3, 1.5}};
    return list;
}

// Distance of a result from the exact value in units of the last place of T; huge where one is
// NaN or infinite and the other is not.
template <class T>
double ulp_error(T got, Real exact) {
    using Limits = std::numeric_limits<T>;
    const T rounded = static_cast<T>(exact);
    if (std::isnan(rounded) || std::isnan(got))
        return std::isnan(rounded) && std::isnan(got) ? 0 : 1e9;
    if (std::isinf(rounded) || std::isinf(got)) return rounded == got ? 0 : 1e9;
    int exponent = 0;
    static_cast<void>(std::frexp(exact, &exponent));
    const int least = Limits::min_exponent - Limits::digits;
    const Real unit = std::ldexp(Real(1), std::max(exponent - Limits::digits, least));
    return static_cast<double>(std::fabs(static_cast<Real>(got) - exact) / unit);
}

// Arguments in turn: any bit pattern at all, evenly in [low, high], evenly in [-2, 2].
template <class T>
std::vector<T> arguments(double low, double high, std::size_t count) {
    using Bits = std::conditional_t<std::is_same_v<T, float>, std::uint32_t, std::uint64_t>;
    std::vector<T> result(count);
    std::uint64_t state = 88172645463325252U;
    for (std::size_t i = 0; i < count; ++i) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17; // Marsaglia's xorshift
        const double even = static_cast<double>(state >> 11) * 0x1p-53;
        if (i % 3 == 0) {
            result[i] = std::bit_cast<T>(static_cast<Bits>(state >> (64 - 8 * sizeof(T))));
        } else {
            result[i] = static_cast<T>(i % 3 == 1 ? low + (high - low) * even : 4 * even - 2);
        }
    }
    return result;
}

template <class T>
class CoreMath : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(CoreMath, Scalars);

TYPED_TEST(CoreMath, ErrorsStayBelowTheStatedBounds) {
    using T = TypeParam;
    for (const auto& f : functions<T>()) {
        SCOPED_TRACE(f.name);
        double worst = 0;
        T where = 0;
        for (const T x : arguments<T>(f.low, f.high, 12000)) {
            const double error =
                ulp_error(f.ours(baldwin::broadcast(x))[0], f.reference(static_cast<Real>(x)));
            if (error > worst) where = x;
            worst = std::max(worst, error);
        }
        EXPECT_LE(worst, f.bound()) << "at " << where;
        EXPECT_GT(worst, 0.4) << "a correctly rounded result would reach 0.5";
    }
}

// The largest errors that a search over 12 (double: 4) million arguments a function found.
TYPED_TEST(CoreMath, ErrorsStayBelowTheBoundsAtKnownWorstArguments) {
    using T = TypeParam;
    const std::array<double, 12> worst = {
        -0x1.7905dep+2, 0x1.108d4p+4,         0x1.594cb6p+1,       0x1.a96bacp+0,
        -0x1.fb23ecp-5, -0x1.0a052p+2,        0x1.8677f6p-2,       -0x1.0ff83ap+15,
        -0x1.ff23a4p-1, 0x1.890dddd1fadf8p-2, 0x1.c3c239e7e54ap-3, 0x1.ef63de125bea4p-1};
    for (const auto& f : functions<T>()) {
        SCOPED_TRACE(f.name);
        for (const double argument : worst) {
            const auto x = static_cast<T>(argument);
            const double error =
                ulp_error(f.ours(baldwin::broadcast(x))[0], f.reference(static_cast<Real>(x)));
            EXPECT_LE(error, f.bound()) << "at " << x;
        }
    }
}

TYPED_TEST(CoreMath, SpecialArgumentsHaveTheirLimits) {
    using T = TypeParam;
    using Limits = std::numeric_limits<T>;
    const T inf = Limits::infinity();
    const T nan = Limits::quiet_NaN();
    for (const auto& f : functions<T>()) {
        SCOPED_TRACE(f.name);
        const auto at = [&](T x) { return f.ours(baldwin::broadcast(x))[0]; };
        EXPECT_TRUE(std::isnan(at(nan)));
        EXPECT_TRUE(std::isnan(at(-nan)));
        for (const T x :
             {inf, -inf, T(0), T(-0.0), Limits::min(), Limits::denorm_min(), -Limits::denorm_min(),
              Limits::max(), Limits::lowest(), T(1), T(-1), T(1e6), std::nextafter(T(1e6), inf)}) {
            const Real exact = f.reference(static_cast<Real>(x));
            EXPECT_LE(ulp_error(at(x), exact), 2) << x;
            // the sign of zero: softplus and others that are positive have none
            if (exact == 0 && std::isfinite(x)) {
                EXPECT_EQ(std::signbit(at(x)), std::signbit(exact)) << x;
            }
        }
    }
}

TYPED_TEST(CoreMath, ExpReachesSubnormalNumbersAndNoFurther) {
    using T = TypeParam;
    const T smallest = std::numeric_limits<T>::denorm_min();
    const T edge = std::log(smallest); // exp(edge) is the smallest number, half of it rounds to 0
    EXPECT_EQ(baldwin::exp(edge), smallest);
    EXPECT_EQ(baldwin::exp(edge - T(1)), T(0));
    EXPECT_EQ(baldwin::exp(T(0)), T(1));
    const T top = std::log(std::numeric_limits<T>::max());
    EXPECT_LT(baldwin::exp(std::nextafter(top, T(0))), std::numeric_limits<T>::infinity());
    EXPECT_EQ(baldwin::exp(top * T(1.001)), std::numeric_limits<T>::infinity());
}

// Multiples of pi / 2 as the type rounds them are where a reduction of the angle loses most: the
// results near zero are as accurate, relatively, as any other.
TYPED_TEST(CoreMath, SineIsAccurateNextToItsZeros) {
    using T = TypeParam;
    for (int i = 1; i < 2000; ++i) {
        for (const Real scale : {Real(1), Real(1001), Real(1e7), Real(1e12)}) {
            const auto x = static_cast<T>(scale * Real(i) * 1.57079632679489661923132169163975144L);
            EXPECT_LE(ulp_error(baldwin::sin(x), std::sin(static_cast<Real>(x))), 1.5) << x;
            EXPECT_LE(ulp_error(baldwin::cos(x), std::cos(static_cast<Real>(x))), 1.5) << x;
        }
    }
}

// Each lane, the padded tail and the scalar overload give the same bits.
TYPED_TEST(CoreMath, BitsDependOnTheArgumentAlone) {
    using T = TypeParam;
    const auto check = [](const auto& on_pack, const auto& on_scalar) {
        const auto x = arguments<T>(-30, 30, 61);
        std::vector<T> y(x.size());
        baldwin::map_into(x.size(), on_pack, y.data(), x.data());
        for (std::size_t i = 0; i < x.size(); ++i) {
            const T scalar = on_scalar(x[i]);
            EXPECT_TRUE(scalar == y[i] || (std::isnan(scalar) && std::isnan(y[i]))) << x[i];
        }
    };
    using P = Pack<T>;
    check([](P x) { return baldwin::exp(x); }, [](T x) { return baldwin::exp(x); });
    check([](P x) { return baldwin::expm1(x); }, [](T x) { return baldwin::expm1(x); });
    check([](P x) { return baldwin::log(x); }, [](T x) { return baldwin::log(x); });
    check([](P x) { return baldwin::log1p(x); }, [](T x) { return baldwin::log1p(x); });
    check([](P x) { return baldwin::tanh(x); }, [](T x) { return baldwin::tanh(x); });
    check([](P x) { return baldwin::sigmoid(x); }, [](T x) { return baldwin::sigmoid(x); });
    check([](P x) { return baldwin::softplus(x); }, [](T x) { return baldwin::softplus(x); });
    check([](P x) { return baldwin::sin(x); }, [](T x) { return baldwin::sin(x); });
    check([](P x) { return baldwin::cos(x); }, [](T x) { return baldwin::cos(x); });
    check([](P x) { return baldwin::erf(x); }, [](T x) { return baldwin::erf(x); });
    check([](P x) { return baldwin::sqrt(x); }, [](T x) { return baldwin::sqrt(x); });
}

} // namespace
} // namespace baldwin::math_test
