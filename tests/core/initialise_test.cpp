// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/initialise.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <tuple>
#include <vector>

namespace baldwin::initialise_test {
namespace {

LayoutEntry entry(const char* name, const Shape& shape, const Initialiser& initialiser,
                  std::size_t fan_in = 1, std::size_t fan_out = 1) {
    return {.name = name,
            .shape = shape,
            .fan_in = fan_in,
            .fan_out = fan_out,
            .layer = "0.linear",
            .initialiser = initialiser};
}

TEST(CoreInitialise, ScalesFollowTheFans) {
    const auto scale = [](const Initialiser& initialiser) {
        return initial_scale(entry("w", {8, 50}, initialiser, 50, 8));
    };
    EXPECT_NEAR(scale(Initialiser::he_normal()), std::sqrt(2.0 / 50), 1e-15);
    EXPECT_NEAR(scale(Initialiser::glorot_uniform()), std::sqrt(6.0 / 58), 1e-15);
    EXPECT_NEAR(scale(Initialiser::lecun_normal()), std::sqrt(1.0 / 50), 1e-15);
    EXPECT_NEAR(scale(Initialiser::fan_in_uniform()), std::sqrt(1.0 / 50), 1e-15);
    EXPECT_EQ(scale(Initialiser::normal(0.25)), 0.25);
    EXPECT_EQ(scale(Initialiser::constant(3.0)), 3.0);
}

// n = 40,000 draws: the mean of normals has the standard error s / 200 and their variance the
// relative standard error sqrt(2 / n) = 0.0071; a uniform variance has sqrt(0.8 / n) = 0.0045.
// Bands of 5 standard errors.
TEST(CoreInitialise, EntriesHaveTheirMeanAndVariance) {
    Layout layout;
    layout.add(entry("normal", {200, 200}, Initialiser::he_normal(), 200, 200));
    layout.add(entry("uniform", {200, 200}, Initialiser::glorot_uniform(), 200, 200));
    layout.add(entry("constant", {7}, Initialiser::constant(1.5)));
    std::vector<float> flat(layout.size());
    initialise(layout, std::span(flat), Stream(3));
    for (const auto& [name, variance, error] :
         {std::tuple("normal", 2.0 / 200, 0.0071), std::tuple("uniform", 1.0 / 200, 0.0045)}) {
        const auto part = layout.part(std::span(flat), name);
        double sum = 0.0;
        double squares = 0.0;
        for (const float value : part) {
            sum += static_cast<double>(value);
            squares += static_cast<double>(value) * static_cast<double>(value);
        }
        EXPECT_NEAR(sum / 40000, 0.0, 5 * std::sqrt(variance) / 200) << name;
        EXPECT_NEAR(squares / 40000 / variance, 1.0, 5 * error) << name;
    }
    for (const float value : layout.part(std::span(flat), "constant")) EXPECT_EQ(value, 1.5F);
    const float limit = static_cast<float>(std::sqrt(6.0 / 400));
    for (const float value : layout.part(std::span(flat), "uniform")) {
        EXPECT_LE(std::abs(value), limit);
    }
}

TEST(CoreInitialise, EntriesDrawFromStreamsOfTheirOwn) {
    Layout one;
    one.add(entry("a", {5, 7}, Initialiser::normal(1.0)));
    one.add(entry("b", {30}, Initialiser::uniform(1.0)));
    Layout other; // a first entry of another size leaves the second as it was
    other.add(entry("a", {9, 11}, Initialiser::normal(1.0)));
    other.add(entry("b", {30}, Initialiser::uniform(1.0)));
    std::vector<float> x(one.size());
    std::vector<float> y(other.size());
    initialise(one, std::span(x), Stream(1, 4));
    initialise(other, std::span(y), Stream(1, 4));
    EXPECT_EQ(std::memcmp(x.data() + 35, y.data() + 99, 30 * sizeof(float)), 0);
    EXPECT_NE(x[0], x[35]);
    initialise(one, std::span(y).first(one.size()), Stream(1, 5));
    EXPECT_NE(x[0], y[0]);
}

TEST(CoreInitialise, DoublesHoldTheNumbersOfTheFloats) {
    Layout layout;
    layout.add(entry("a", {33}, Initialiser::he_normal(), 9));
    layout.add(entry("b", {33}, Initialiser::fan_in_uniform(), 9));
    std::vector<float> x(layout.size());
    std::vector<double> y(layout.size());
    initialise(layout, std::span(x), Stream(7));
    initialise(layout, std::span(y), Stream(7));
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(x[i], static_cast<float>(y[i]));
}

// Class A bits: one entry of each kind, hashed with FNV-1a. The number was the same in g++ 12 at
// -O0 (SSE2), -O2 -march=x86-64-v3 and -O3 -march=native, and in clang 14 at -O2.
TEST(CoreInitialise, BitsAreTheSameEverywhere) {
    Layout layout;
    layout.add(entry("a", {123, 17}, Initialiser::he_normal(), 17, 123));
    layout.add(entry("b", {123, 17}, Initialiser::glorot_uniform(), 17, 123));
    std::vector<float> flat(layout.size());
    initialise(layout, std::span(flat), Stream(42));
    std::uint64_t hash = 0xCBF29CE484222325ULL;
    for (const float value : flat) {
        std::uint32_t bits = 0;
        std::memcpy(&bits, &value, sizeof(bits));
        hash = (hash ^ bits) * 0x100000001B3ULL;
    }
    EXPECT_EQ(hash, 13019894295005320054ULL);
}

TEST(CoreInitialise, AVectorOfAnotherLengthIsRefused) {
    Layout layout;
    layout.add(entry("a", {5}, Initialiser::normal(1.0)));
    std::vector<float> flat(6);
    EXPECT_THROW(initialise(layout, std::span(flat), Stream(1)), std::invalid_argument);
}

} // namespace
} // namespace baldwin::initialise_test
