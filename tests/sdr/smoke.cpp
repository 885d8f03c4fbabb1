// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A walk through sdr for the sanitizers: two levels with all signals learn on several threads with
/// every kernel, recall, predict, reconstruct and explain. Exit 0 if all of it held.

#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/sdr/codebook.hpp>
#include <baldwin/sdr/health.hpp>
#include <baldwin/sdr/network.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace {

using namespace baldwin;

sdr::NetworkParameters parameters(sdr::WeightPolicy weights) {
    sdr::LevelParameters first;
    first.grid = {2, 3};
    first.arrangement = sdr::Arrangement::hexagonal;
    first.mac.shape = {5, 17};
    first.mac.csa = sdr::ndf();
    first.mac.csa.pi_plus = 1;
    first.mac.plasticity.weights = weights;
    first.u = {sdr::FieldForm::disc, {{3.0, 1.0}, {1.0, 0.5}}};
    first.h = sdr::Field::square(3);
    first.d = sdr::Field{};
    sdr::LevelParameters second;
    second.mac.shape = {3, 70};
    second.mac.csa.persistence = 2;
    second.mac.csa.learning_choice = sdr::Choice::calibrated;
    second.h = sdr::Field{};
    sdr::NetworkParameters network;
    network.input = {9, 11};
    network.levels = {first, second};
    return network;
}

/// Hash of the codes after learning and recall.
std::uint64_t run(sdr::WeightPolicy weights, std::size_t threads, sdr::KernelPath path) {
    sdr::Network network(parameters(weights), 1, Executor(threads));
    network.set_kernel(path);
    std::vector<sdr::BitSet> frames;
    for (std::uint64_t i = 0; i < 12; ++i) frames.push_back(sdr::random_bits(99, 30, Stream(2, i)));
    network.learn_all(frames);
    network.begin_episode();
    sdr::Codebook book(network.codes().width());
    for (const auto& frame : frames) {
        network.recognise(frame);
        book.add(network.codes().row(0));
    }
    network.predict();
    (void)network.reconstruct(1);
    (void)network.explain(1, 0);
    network.finish_learning();
    (void)sdr::collapse_warning(sdr::health_of(network, 0));
    return sdr::hash_of(network.codes(0).winners) + book.best_match(book.code(3)).index;
}

} // namespace

int main() {
    int wrong = 0;
    for (const auto weights : {sdr::WeightPolicy::binary, sdr::WeightPolicy::decaying}) {
        const std::uint64_t expected = run(weights, 1, sdr::KernelPath::portable);
        for (const auto path : {sdr::KernelPath::avx2, sdr::KernelPath::avx512}) {
            if (sdr::has_path(path) && run(weights, 3, path) != expected) {
                std::printf("kernel %d: other codes\n", static_cast<int>(path));
                ++wrong;
            }
        }
    }
    return wrong == 0 ? 0 : 1;
}
