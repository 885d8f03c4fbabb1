// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// Compiled once for all tests of operations.
#include "support/operation_check.hpp"

#include <baldwin/core/extern_operations.hpp>

#include "support/threads.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace baldwin::test {
namespace {

/// The output of a graph and the gradients of all leaves, from a fixed gradient of the output.
/// \param rendezvous  if given, both passes must fill loops with all its threads
template <class T>
Results<T> evaluate(Tape<T>& tape, const GraphOf<T>& graph, const std::vector<Shape>& shapes,
                    const std::vector<std::vector<T>>& inputs,
                    const Rendezvous* rendezvous = nullptr) {
    tape.rewind();
    std::vector<Value> leaves;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        leaves.push_back(tape.leaf(TensorView<const T>(inputs[i].data(), shapes[i])));
    }
    const std::size_t before = rendezvous ? rendezvous->full_loops() : 0;
    const Value y = graph(tape, leaves);
    const std::size_t between = rendezvous ? rendezvous->full_loops() : 0;
    Results<T> results{elements(tape, y)};
    for (const auto& input : inputs) results.emplace_back(input.size());
    std::vector<Target<T>> targets;
    for (std::size_t i = 0; i < inputs.size(); ++i) targets.push_back({leaves[i], results[i + 1]});
    std::vector<T> weights(results[0].size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        weights[i] = static_cast<T>(static_cast<double>(i * 37 % 101) / 50.0 - 1.0);
    }
    const Seed<T> seed{y, weights};
    tape.backward(std::span(&seed, 1), targets);
    if (rendezvous) {
        EXPECT_GT(between, before) << "no forward loop had all the threads";
        EXPECT_GT(rendezvous->full_loops(), between) << "no backward loop had all the threads";
    }
    return results;
}

template <class T>
std::vector<std::vector<T>> normal_inputs(const std::vector<Shape>& shapes) {
    std::vector<std::vector<T>> inputs;
    unsigned seed = 31;
    for (const Shape& shape : shapes) inputs.push_back(normals<T>(shape.size(), seed++));
    return inputs;
}

/// Results on views placed so, the gradient of the views compact; nothing else may be touched.
template <class T>
Results<T> evaluate_on_views(const ViewGraphOf<T>& graph, std::vector<Shape> shapes,
                             const std::vector<ViewExtents>& extents, const Placement& placement) {
    std::vector<std::vector<T>> inputs;
    for (const Shape& shape : shapes) {
        inputs.push_back(normals<T>(shape.size(), 5 + static_cast<unsigned>(inputs.size())));
    }
    const auto theta = normals<T>(Placement(extents, 0, 0).size(), 3);
    inputs.push_back(placement.scatter(theta, std::numeric_limits<T>::quiet_NaN()));
    shapes.push_back({placement.size()});
    Tape<T> tape;
    const GraphOf<T> on_views = [&](Tape<T>& t, std::span<const Value> in) {
        const std::vector<WeightView> views = placement.views(in.back());
        return graph(t, in.first(in.size() - 1), views);
    };
    Results<T> results = evaluate(tape, on_views, shapes, inputs);
    const std::vector<T> gradient = placement.gather(results.back());
    EXPECT_TRUE(same_bits(results.back(), placement.scatter(gradient, T{0})));
    results.back() = gradient;
    return results;
}

} // namespace

template <class T>
void expect_same_bits_for_threads(const std::type_identity_t<GraphOf<T>>& graph,
                                  const std::vector<Shape>& shapes) {
    const auto inputs = normal_inputs<T>(shapes);
    Tape<T> serial;
    const Results<T> expected = evaluate<T>(serial, graph, shapes, inputs);
    for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
        SCOPED_TRACE(testing::Message() << threads << " threads");
        const Executor executor(threads);
        const Rendezvous rendezvous(executor);
        Tape<T> tape{executor};
        const Results<T> results =
            evaluate<T>(tape, graph, shapes, inputs, threads > 1 ? &rendezvous : nullptr);
        for (std::size_t i = 0; i < results.size(); ++i) {
            EXPECT_TRUE(same_bits(results[i], expected[i])) << "array " << i;
        }
    }
}

template <class T>
void expect_steady_memory(const std::type_identity_t<GraphOf<T>>& graph,
                          const std::vector<Shape>& shapes) {
    const auto inputs = normal_inputs<T>(shapes);
    Tape<T> tape;
    evaluate<T>(tape, graph, shapes, inputs);
    const std::size_t capacity = tape.capacity();
    for (int turn = 0; turn < 3; ++turn) evaluate<T>(tape, graph, shapes, inputs);
    EXPECT_EQ(tape.capacity(), capacity);
}

void expect_view_gradients(const ViewGraphOf<double>& graph, std::vector<Shape> shapes,
                           const std::vector<ViewExtents>& extents, double tolerance) {
    const Placement placement(extents, 3, 2);
    shapes.push_back({placement.size()});
    for (const bool computed : {false, true}) {
        SCOPED_TRACE(computed ? "computed parameters" : "parameters in a leaf");
        expect_gradients(
            [&](Tape<double>& tape, std::span<const Value> in) {
                const Value theta = computed ? sin(tape, in.back()) : in.back();
                const std::vector<WeightView> views = placement.views(theta);
                return graph(tape, in.first(in.size() - 1), views);
            },
            shapes, tolerance);
    }
}

template <class T>
void expect_view_bits(const std::type_identity_t<ViewGraphOf<T>>& graph,
                      const std::vector<Shape>& shapes, const std::vector<ViewExtents>& extents) {
    const Results<T> expected =
        evaluate_on_views<T>(graph, shapes, extents, Placement(extents, 0, 0));
    for (std::size_t offset = 0; offset < 16; ++offset) {
        for (const std::size_t pad : {offset + 1, 8001 + offset}) {
            const Results<T> results =
                evaluate_on_views<T>(graph, shapes, extents, Placement(extents, offset, pad));
            for (std::size_t i = 0; i < results.size(); ++i) {
                EXPECT_TRUE(same_bits(results[i], expected[i]))
                    << "offset " << offset << ", padding " << pad << ", array " << i;
            }
        }
    }
}

template void expect_same_bits_for_threads<float>(const GraphOf<float>&, const std::vector<Shape>&);
template void expect_same_bits_for_threads<double>(const GraphOf<double>&,
                                                   const std::vector<Shape>&);
template void expect_steady_memory<float>(const GraphOf<float>&, const std::vector<Shape>&);
template void expect_steady_memory<double>(const GraphOf<double>&, const std::vector<Shape>&);
template void expect_view_bits<float>(const ViewGraphOf<float>&, const std::vector<Shape>&,
                                      const std::vector<ViewExtents>&);
template void expect_view_bits<double>(const ViewGraphOf<double>&, const std::vector<Shape>&,
                                       const std::vector<ViewExtents>&);

} // namespace baldwin::test
