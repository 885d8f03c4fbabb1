// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What genomes decode to, pinned: files must give the same networks in ten years, in every build.
#pragma once

#include <baldwin/core/parameters.hpp>
#include <baldwin/neuroevolution/decoder.hpp>
#include <baldwin/neuroevolution/genome.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace baldwin::neuroevolution::test {

/// Two layers with weights, biases, and one of each other kind: 8 x 6 + 8 + 8 + 8 + 10 x 3 + 3 x 8
/// + 3 = 129 parameters.
inline Layout small_layout() {
    Layout layout;
    const auto add = [&](const char* name, Shape shape, ParameterKind kind, std::size_t in,
                         std::size_t out, const char* layer) {
        layout.add({name, shape, 0, kind, in, out, layer, Initialiser::lecun_normal()});
    };
    add("0.linear.weight", {8, 6}, ParameterKind::weight, 6, 8, "0.linear");
    add("0.linear.bias", {8}, ParameterKind::bias, 6, 8, "0.linear");
    add("1.norm.scale", {8}, ParameterKind::scale, 8, 8, "1.norm");
    add("1.norm.shift", {8}, ParameterKind::shift, 8, 8, "1.norm");
    add("2.embedding", {10, 3}, ParameterKind::embedding, 10, 3, "2.embedding");
    add("3.linear.weight", {3, 8}, ParameterKind::weight, 8, 3, "3.linear");
    add("3.linear.bias", {3}, ParameterKind::bias, 8, 3, "3.linear");
    return layout;
}

/// Thirty mutations of four sizes, some of them mirrored.
inline Genome golden_genome() {
    Genome genome = Genome::fresh(2026, {0, 11});
    for (std::uint32_t g = 1; g <= 30; ++g) {
        const float sigma = 0.01F * static_cast<float>(g % 4 + 1);
        genome = genome.mutated({{g, 3 * g}, g % 5 == 0 ? -sigma : sigma});
    }
    return genome;
}

/// By StartRule.
inline constexpr std::array<std::uint64_t, 4> kGoldenHashes = {
    0xe26061d99dfb62bb, 0x12aad00e641f00ed, 0x1bdd94568165974f, 0x315fe1abf834d2d1};

/// Hash of what the genome decodes to.
inline std::uint64_t golden_hash(StartRule rule) {
    return theta_hash(Decoder(small_layout(), rule).decode(golden_genome()));
}

} // namespace baldwin::neuroevolution::test
