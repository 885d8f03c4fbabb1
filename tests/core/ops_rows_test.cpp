// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/extern_operations.hpp>
#include <baldwin/core/ops/linear.hpp>
#include <baldwin/core/ops/rows.hpp>

#include "support/errors.hpp"
#include "support/gradient_check.hpp"
#include "support/operation_check.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace baldwin::ops_rows_test {
namespace {

using test::elements;
using Inputs = std::span<const Value>;
using Views = std::span<const WeightView>;

const std::vector<std::int32_t> kIndices{3, 0, 3, 4, 1, 3};

const std::vector<double> kTable{0, 1, 10, 11, 20, 21, 30, 31, 40, 41}; // 5 rows of 2

TEST(OpsRows, EmbeddingReadsRowsOfTheTable) {
    Tape<double> tape;
    const WeightView table = matrix_view(tape.constant({10}, kTable), 0, 5, 2);
    const Value y = embedding(tape, kIndices, table);
    EXPECT_EQ(tape.shape(y), Shape({6, 2}));
    EXPECT_EQ(elements(tape, y),
              (std::vector<double>{30, 31, 0, 1, 30, 31, 40, 41, 10, 11, 30, 31}));
    const std::vector<double> numbers{4, 2};
    const Value z = embedding(tape, tape.constant({1, 2, 1}, numbers), table.narrowed(5, 1));
    EXPECT_EQ(tape.shape(z), Shape({1, 2, 1, 1}));
    EXPECT_EQ(elements(tape, z), (std::vector<double>{40, 20}));
}

TEST(OpsRows, GatherAndScatterAreEachOthersGradient) {
    Tape<double> tape;
    const Value x = tape.constant({5, 2}, kTable);
    const Value picked = gather_rows(tape, x, kIndices);
    EXPECT_EQ(tape.shape(picked), Shape({6, 2}));
    EXPECT_EQ(elements(tape, picked)[6], 40);
    const Value sum = scatter_rows(tape, tape.filled(1.0, {5, 2}), kIndices, picked);
    EXPECT_EQ(elements(tape, sum), (std::vector<double>{1, 2, 11, 12, 1, 1, 91, 94, 41, 42}));
    std::vector<double> dx(10);
    tape.backward({{picked}}, {{x, dx}});
    EXPECT_EQ(dx, (std::vector<double>{1, 1, 1, 1, 0, 0, 3, 3, 1, 1})); // how often each was read
}

TEST(OpsRows, IndicesAreCopied) {
    Tape<double> tape;
    const Value x = tape.constant({5, 2}, kTable);
    std::vector<std::int32_t> indices = kIndices;
    const Value y = gather_rows(tape, x, indices);
    indices.assign(6, 100000);
    std::vector<double> dx(10);
    tape.backward({{y}}, {{x, dx}});
    EXPECT_EQ(dx[6], 3.0);
}

const auto kEmbedding = [](auto& tape, Inputs, Views w) { return embedding(tape, kIndices, w[0]); };

TEST(OpsRows, GradientsAreRight) {
    test::expect_view_gradients(kEmbedding, {}, {{1, 5, 3}});
    test::expect_gradients([](auto& t, auto in) { return gather_rows(t, in[0], kIndices); },
                           {{5, 2, 3}});
    test::expect_gradients([](auto& t, auto in) { return scatter_rows(t, in[0], kIndices, in[1]); },
                           {{5, 2, 3}, {6, 2, 3}});
    test::expect_gradients(
        [](auto& t, auto in) {
            return scatter_rows(t, in[0], kIndices, gather_rows(t, in[0], kIndices));
        },
        {{5, 4}});
    const std::vector<std::int32_t> all{4, 1, 0, 3, 2}; // a value that is both x and rows
    test::expect_gradients([&](auto& t, auto in) { return scatter_rows(t, in[0], all, in[0]); },
                           {{5, 4}});
}

TEST(OpsRows, IndicesOnTheTapeHaveZeroGradient) {
    Tape<double> tape;
    const std::vector<double> numbers{4, 2};
    const Value indices = tape.leaf(numbers);
    const Value table = tape.constant({10}, kTable);
    const Value y = embedding(tape, indices, matrix_view(table, 0, 5, 2));
    std::vector<double> to_indices{7, 7}, to_table(10);
    tape.backward({{y}}, {{indices, to_indices}, {table, to_table}});
    EXPECT_EQ(to_indices, (std::vector<double>{0, 0}));
    EXPECT_EQ(to_table, (std::vector<double>{0, 0, 0, 0, 1, 1, 0, 0, 1, 1}));
}

TEST(OpsRows, ATableComputedOnTheTapeHasRightGradients) {
    test::expect_gradients(
        [](Tape<double>& t, Inputs in) {
            const Value theta = linear(t, in[0], matrix_view(in[1], 0, 15, 3));
            return embedding(t, kIndices, matrix_view(theta, 0, 5, 2, 3)); // narrowed
        },
        {{1, 3}, {15, 3}});
}

TEST(OpsRows, AnIndexOutOfRangeIsNamed) {
    Tape<double> tape;
    const Value x = tape.filled(1.0, {5, 2});
    const WeightView table = matrix_view(x, 0, 5, 2);
    const std::vector<std::int32_t> bad{1, 5};
    const std::vector<std::int32_t> negative{-1};
    const auto message = [](const auto& call) {
        return test::message_of<std::invalid_argument>(call);
    };
    EXPECT_EQ(message([&] { (void)embedding(tape, bad, table); }),
              "embedding: indices must be whole numbers in [0, 5), got 5 at index 1");
    EXPECT_EQ(message([&] { (void)gather_rows(tape, x, negative); }),
              "gather_rows: indices must be whole numbers in [0, 5), got -1 at index 0");
    EXPECT_EQ(message([&] {
                  (void)scatter_rows(tape, x, bad, tape.filled(1.0, {2, 2}));
              }),
              "scatter_rows: indices must be whole numbers in [0, 5), got 5 at index 1");
    const std::vector<double> numbers{1.0, 1.5};
    EXPECT_EQ(message([&] { (void)embedding(tape, tape.constant({2}, numbers), table); }),
              "embedding: indices must be whole numbers in [0, 5), got 1.500000 at index 1");
    EXPECT_NE(message([&] { (void)embedding(tape, tape.filled(std::nan("")), table); }),
              "(no exception)");
}

TEST(OpsRows, ShapesThatDoNotFitAreRefused) {
    Tape<double> tape;
    const Value x = tape.filled(1.0, {5, 2});
    EXPECT_THROW((void)scatter_rows(tape, x, kIndices, x), std::invalid_argument);
    EXPECT_THROW((void)gather_rows(tape, tape.filled(1.0), kIndices), std::invalid_argument);
    EXPECT_THROW((void)embedding(tape, kIndices, planes_view(x, 0, 2, 5, 1)),
                 std::invalid_argument);
    EXPECT_THROW((void)embedding(tape, kIndices, matrix_view(x, 1, 5, 2)), std::invalid_argument);
    EXPECT_THROW(
        (void)embedding(tape, tape.filled(1.0, {1, 1, 1, 1, 1, 1}), matrix_view(x, 0, 5, 2)),
        std::invalid_argument);
}

template <class T>
class OpsRowsOf : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(OpsRowsOf, Scalars);

TYPED_TEST(OpsRowsOf, BitsDoNotDependOnThreads) {
    std::vector<std::int32_t> many(3000);
    for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<std::int32_t>(i * i % 401);
    const auto graph = [&](Tape<TypeParam>& t, Inputs in) {
        const Value rows = embedding(t, many, matrix_view(in[0], 0, 401, 64));
        return scatter_rows(t, in[0], many, gather_rows(t, rows, many));
    };
    test::expect_same_bits_for_threads<TypeParam>(graph, {{401, 64}});
}

TYPED_TEST(OpsRowsOf, NarrowedViewsGiveTheBitsOfACompactCopy) {
    test::expect_view_bits<TypeParam>(kEmbedding, {}, {{1, 5, 3}});
}

TYPED_TEST(OpsRowsOf, MemoryIsSteady) {
    const auto graph = [](Tape<TypeParam>& t, Inputs in) {
        return scatter_rows(t, in[0], kIndices,
                            embedding(t, kIndices, matrix_view(in[0], 0, 5, 3)));
    };
    test::expect_steady_memory<TypeParam>(graph, {{5, 3}});
}

} // namespace
} // namespace baldwin::ops_rows_test
