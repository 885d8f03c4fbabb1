// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/viz/detail/mesh.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

using namespace baldwin;
using viz::detail::Mesh;

namespace {

/// What the triangles cover, weighted by their opacity at the corners.
double coverage(const Mesh& mesh) {
    double total = 0;
    const auto& vertices = mesh.vertices();
    for (std::size_t i = 0; i + 2 < vertices.size(); i += 3) {
        const auto a = vertices[i].position;
        const auto b = vertices[i + 1].position;
        const auto c = vertices[i + 2].position;
        const double area = std::abs((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)) / 2.0;
        const double opacity =
            (vertices[i].color.a + vertices[i + 1].color.a + vertices[i + 2].color.a) /
            (3.0 * 255.0);
        total += area * opacity;
    }
    return total;
}

} // namespace

// A line of length 100 and width w covers 100 w pixels; its ends are cut square.
TEST(VizMesh, LinesCoverTheirWidth) {
    for (const double width : {0.5, 1.0, 1.8, 3.0}) {
        Mesh mesh;
        mesh.line({{10.3, 7.2}, {70.3, 87.2}}, {.width = width, .colour = sf::Color::Black});
        EXPECT_NEAR(coverage(mesh), 100 * width, 0.05 * width) << width;
    }
}

// Dashes of 6 and gaps of 4: three fifths of the length.
TEST(VizMesh, DashesCoverThreeFifths) {
    Mesh mesh;
    mesh.line({{0, 0}, {30, 0.001}, {100, 0}}, {.width = 2, .dash = 6, .colour = sf::Color::Black});
    EXPECT_NEAR(coverage(mesh), 0.6 * 200, 1);
}

// The soft edge keeps the area: pi (r - 1/2)^2 + the ring, which adds up to about pi r^2.
TEST(VizMesh, DotsCoverTheirCircle) {
    Mesh mesh;
    mesh.dot({50, 50}, 20, sf::Color::Black);
    EXPECT_NEAR(coverage(mesh), std::numbers::pi * 400, 0.01 * std::numbers::pi * 400);
}

TEST(VizMesh, AreasCoverConvexAndConcaveShapes) {
    Mesh mesh;
    mesh.area({{0, 0}, {10, 0}, {10, 5}, {0, 5}}, sf::Color::Black);
    EXPECT_NEAR(coverage(mesh), 50, 1e-4);
    mesh.clear();
    // an L in either direction
    std::vector<Point> corner = {{0, 0}, {10, 0}, {10, 2}, {2, 2}, {2, 10}, {0, 10}};
    mesh.area(corner, sf::Color::Black);
    EXPECT_NEAR(coverage(mesh), 36, 1e-4);
    mesh.clear();
    std::reverse(corner.begin(), corner.end());
    mesh.area(corner, sf::Color::Black);
    EXPECT_NEAR(coverage(mesh), 36, 1e-4);
}

TEST(VizMesh, NothingIsDrawnOfNothing) {
    Mesh mesh;
    mesh.line({}, {});
    mesh.line({{1, 1}, {1, 1}}, {});
    mesh.area({{0, 0}, {1, 1}}, sf::Color::Black);
    EXPECT_TRUE(mesh.empty());
}
