// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A walk through viz for the sanitizers, without a display: shapes become triangles, and scenes
/// pass between two threads. Exit 0 if all of it held.

#include <baldwin/viz/detail/mesh.hpp>
#include <baldwin/viz/mailbox.hpp>

#include <cstddef>
#include <cstdio>
#include <thread>
#include <utility>

namespace {

using namespace baldwin;

/// A mesh of a few shapes from a thread of its own, taken by this one.
std::size_t vertices_handed_over() {
    viz::Mailbox<viz::detail::Mesh> box;
    std::thread painter([&box] {
        for (int i = 0; i < 200; ++i) {
            viz::detail::Mesh mesh;
            mesh.line({{0, 0}, {30, 4}, {100, 0}},
                      {.width = 2, .dash = 6, .colour = sf::Color::Black});
            mesh.dot({50, 50}, 1 + i, sf::Color::Black);
            box.put(std::move(mesh));
        }
    });
    std::size_t vertices = 0;
    for (bool done = false; !done;) {
        if (const auto mesh = box.take()) {
            vertices = mesh->vertices().size();
        } else if (vertices > 0 && painter.joinable()) {
            painter.join();
            done = box.empty();
        } else {
            done = !painter.joinable();
        }
    }
    return vertices;
}

} // namespace

int main() {
    if (vertices_handed_over() == 0) return std::puts("no triangles arrived"), 1;
    return 0;
}
