// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/tape.hpp>

#include "support/gradient_check.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::tape_test {
namespace {

/// An operation defined outside core: two outputs, x^2 and x^3, elementwise.
struct Powers {
    static constexpr std::string_view kName = "powers";

    template <class T>
    void forward(Forward<T>& f) {
        const auto x = f.input(0);
        const auto square = f.output(x.shape());
        const auto cube = f.output(x.shape());
        for (std::size_t i = 0; i < x.size(); ++i) {
            square[i] = x[i] * x[i];
            cube[i] = square[i] * x[i];
        }
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto x = b.input(0);
        const auto to_square = b.gradient(0);
        const auto to_cube = b.gradient(1);
        const Sink<T> dx = b.sink(0);
        if (!dx) return;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const T g = 2 * x[i] * to_square[i] + 3 * x[i] * x[i] * to_cube[i];
            dx.data[i] = dx.accumulate ? dx.data[i] + g : g;
        }
    }
};

/// Elementwise product of equal shapes.
struct Product {
    static constexpr std::string_view kName = "product";

    template <class T>
    void forward(Forward<T>& f) {
        const auto a = f.input(0);
        const auto b = f.input(1);
        if (a.shape() != b.shape()) throw std::invalid_argument("product: shapes differ");
        const auto y = f.output(a.shape());
        for (std::size_t i = 0; i < y.size(); ++i) y[i] = a[i] * b[i];
    }
    template <class T>
    void backward(Backward<T>& b) {
        const auto g = b.gradient();
        for (std::size_t side = 0; side < 2; ++side) {
            const auto other = b.input(1 - side);
            const Sink<T> to = b.sink(side);
            for (std::size_t i = 0; to && i < g.size(); ++i) {
                to.data[i] = (to.accumulate ? to.data[i] : T{0}) + g[i] * other[i];
            }
        }
    }
};

template <class T>
Value cube_of(Tape<T>& tape, Value x) {
    return Tape<T>::output(tape.apply(Powers{}, {x}), 1);
}

TEST(CoreTape, AnOperationDefinedOutsideCoreHasRightGradients) {
    test::expect_gradients([](Tape<double>& tape, auto in) { return cube_of(tape, in[0]); },
                           {{3, 4}});
    test::expect_gradients(
        [](Tape<double>& tape, auto in) {
            const Value square = tape.apply(Powers{}, {in[0]});
            return tape.apply(Product{}, {square, Tape<double>::output(square, 1)});
        },
        {{5}});
}

TEST(CoreTape, AValueUsedTwiceGetsBothGradients) {
    test::expect_gradients(
        [](Tape<double>& tape, auto in) {
            return tape.apply(Product{}, {in[0], in[0]});
        },
        {{6}});
}

TEST(CoreTape, OneRecordIsWalkedManyTimesWithRespectToAnySet) {
    const std::vector<double> x{2.0};
    const std::vector<double> w{5.0};
    Tape<double> tape;
    const Value vx = tape.leaf(x);
    const Value vw = tape.leaf(w);
    const Value cube = cube_of(tape, vx);              // 8
    const Value y = tape.apply(Product{}, {cube, vw}); // 40
    std::vector<double> dx(1), dw(1), dcube(1);
    tape.backward({{y}}, {{vw, dw}});
    EXPECT_EQ(dw[0], 8.0);
    tape.backward({{y}}, {{vx, dx}, {cube, dcube}});
    EXPECT_EQ(dx[0], 60.0); // 3 x^2 w
    EXPECT_EQ(dcube[0], 5.0);
    const std::vector<double> two{2.0};
    tape.backward({{y, two}}, {{vx, dx, Store::add}, {cube, dcube, Store::add}});
    EXPECT_EQ(dx[0], 180.0);
    EXPECT_EQ(dcube[0], 15.0);
    tape.backward({{cube}}, {{vx, dx}}); // from an inner value
    EXPECT_EQ(dx[0], 12.0);
}

TEST(CoreTape, ATargetThatTheSeedDoesNotDependOnGetsZeros) {
    const std::vector<double> x{2.0};
    Tape<double> tape;
    const Value vx = tape.leaf(x);
    const Value other = tape.filled(1.0);
    const Value y = cube_of(tape, vx);
    std::vector<double> gradient{7.0};
    tape.backward({{y}}, {{other, gradient}});
    EXPECT_EQ(gradient[0], 0.0);
    gradient[0] = 7.0;
    tape.backward({{y}}, {{other, gradient, Store::add}});
    EXPECT_EQ(gradient[0], 7.0);
}

TEST(CoreTape, ACallersRuleReplacesTheGradient) {
    const std::vector<double> x{2.0};
    Tape<double> tape;
    const Value vx = tape.leaf(x);
    tape.set_label("first");
    const Value y = cube_of(tape, vx);
    std::vector<double> relevance(1);
    std::string seen;
    const Seed<double> seed{y};
    const Target<double> target{vx, relevance};
    tape.walk(std::span(&seed, 1), std::span(&target, 1), [&](Step<double>& step) {
        seen = std::string(step.node().label()) + "/" + std::string(step.node().name());
        EXPECT_NE(step.node().as<Powers>(), nullptr);
        EXPECT_EQ(step.node().as<Product>(), nullptr);
        Tape<double>& above = step.above(); // a rule evaluates operations of its own
        const Value again = above.apply(Powers{}, {above.leaf(step.input(0))});
        step.sink(0).data[0] = above[again][0] * step.gradient(1)[0];
    });
    EXPECT_EQ(seen, "first/powers");
    EXPECT_EQ(relevance[0], 4.0);
}

TEST(CoreTape, WithoutRecordingValuesAreTheSameAndNothingIsKept) {
    const std::vector<double> x{2.0, 3.0};
    Tape<double> tape;
    tape.set_recording(false);
    const Value y = cube_of(tape, tape.leaf(x));
    EXPECT_EQ(tape[y][1], 27.0);
    EXPECT_EQ(tape.nodes(), 0u);
}

TEST(CoreTape, ALoopOfFixedShapeKeepsItsMemory) {
    const std::vector<double> x(1000, 2.0);
    std::vector<double> gradient(x.size());
    Tape<double> tape;
    std::size_t capacity = 0;
    for (int turn = 0; turn < 5; ++turn) {
        tape.rewind();
        const Value vx = tape.leaf(x);
        tape.backward({{cube_of(tape, cube_of(tape, vx))}}, {{vx, gradient}});
        if (turn == 0) capacity = tape.capacity();
    }
    EXPECT_EQ(tape.capacity(), capacity);
}

TEST(CoreTape, TheFirstNonFiniteValueIsNamed) {
    const std::vector<double> x{1e300};
    Tape<double> tape;
    tape.set_label("fine");
    const Value y = tape.apply(Product{}, {tape.leaf(x), tape.filled(1.0, {1})});
    EXPECT_FALSE(tape.first_non_finite());
    tape.set_label("broken");
    (void)cube_of(tape, y);
    ASSERT_TRUE(tape.first_non_finite());
    EXPECT_EQ(tape.first_non_finite()->label(), "broken");
}

TEST(CoreTape, SizesThatDoNotFitAreRefused) {
    const std::vector<double> x{1.0, 2.0};
    Tape<double> tape;
    EXPECT_THROW((void)tape.constant({3}, x), std::invalid_argument);
    const Value vx = tape.leaf(x);
    EXPECT_THROW((void)tape.apply(Product{}, {vx, tape.filled(1.0)}), std::invalid_argument);
    const Value y = cube_of(tape, vx);
    std::vector<double> gradient(1);
    EXPECT_THROW(tape.backward({{y}}, {{vx, gradient}}), std::invalid_argument);
    gradient.resize(2);
    EXPECT_THROW(tape.backward({{y, std::span(x).first(1)}}, {{vx, gradient}}),
                 std::invalid_argument);
}

} // namespace
} // namespace baldwin::tape_test
