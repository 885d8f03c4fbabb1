// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// Runs sub-networks on leading parts of one network's weights. Nothing is copied: a narrowed view
// is the same memory with other extents, and gives the same bits as a compact copy would.
#include <baldwin/core/initialise.hpp>
#include <baldwin/core/nn/network.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/ops/elementwise.hpp>
#include <baldwin/core/ops/linear.hpp>

#include <cstdio>
#include <span>
#include <vector>

using namespace baldwin;

int main() {
    const nn::Network network(nn::parse("linear 64, relu, linear 3"), {8});
    const Layout& layout = network.parameters();
    std::vector<float> theta(layout.size());
    initialise(layout, std::span(theta), Stream(1));
    std::vector<float> x(8);
    Stream(2).fill_normal(std::span(x));

    Tape<float> tape;
    tape.set_recording(false);
    const Value parameters = tape.leaf(std::span<const float>(theta));
    const Value vx = tape.leaf({x.data(), {1, 8}});
    const auto view = [&](const char* name) { return view_of(parameters, layout.at(name)); };
    const auto evaluate = [&](std::size_t width) {
        const Value hidden = relu(tape, linear(tape, vx, view("0.linear.weight").narrowed(width, 8),
                                               view("0.linear.bias").narrowed(1, width)));
        return linear(tape, hidden, view("2.linear.weight").narrowed(3, width),
                      view("2.linear.bias"));
    };
    for (const std::size_t width : {8, 16, 32, 64}) {
        const auto y = tape[evaluate(width)];
        std::printf("width %2zu: %8.4f %8.4f %8.4f\n", width, double{y[0]}, double{y[1]},
                    double{y[2]});
    }
    const auto whole = tape[network(tape, parameters, vx)];
    const auto widest = tape[evaluate(64)];
    const bool same = whole[0] == widest[0] && whole[1] == widest[1] && whole[2] == widest[2];
    std::printf("the widest is the network itself: %s\n", same ? "yes" : "no");
    return same ? 0 : 1;
}
