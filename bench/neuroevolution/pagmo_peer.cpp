// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The genetic algorithm of neuroevolution_bench done by pagmo2's sga.
///
/// usage: pagmo_peer JOB THREADS SECONDS
/// Prints evaluations a second on stdout; nothing if it does not know the job.

#include "../support/timing.hpp"

#include <pagmo/algorithm.hpp>
#include <pagmo/algorithms/sga.hpp>
#include <pagmo/population.hpp>
#include <pagmo/problem.hpp>
#include <pagmo/types.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

namespace {

constexpr std::size_t kDimensions = 1000;
constexpr unsigned kPopulation = 100;
constexpr unsigned kParents = 20;
constexpr unsigned kGenerations = 20; // of a call

/// The squared distance from (0.5, 0.5, ...), to be minimised.
struct Sphere {
    [[nodiscard]] pagmo::vector_double fitness(const pagmo::vector_double& theta) const {
        double sum = 0;
        for (const double x : theta) sum += (x - 0.5) * (x - 0.5);
        return {sum};
    }
    [[nodiscard]] std::pair<pagmo::vector_double, pagmo::vector_double> get_bounds() const {
        return {pagmo::vector_double(kDimensions, -10), pagmo::vector_double(kDimensions, 10)};
    }
};

} // namespace

int main(int count, char** arguments) {
    if (count != 4) {
        std::fprintf(stderr, "usage: pagmo_peer JOB THREADS SECONDS\n");
        return 2;
    }
    if (std::string(arguments[1]) != "ga_1000") return 0;
    // no crossover; every gene is moved by a normal number; truncation to the best 20
    const pagmo::algorithm algorithm(pagmo::sga(kGenerations, 0.0, 1.0, 1.0, 0.01, kParents,
                                                "exponential", "gaussian", "truncated", 1U));
    pagmo::population population(pagmo::problem(Sphere()), kPopulation, 1U);
    const auto work = [&] {
        population = algorithm.evolve(population);
        return static_cast<double>(kPopulation * kGenerations);
    };
    std::printf("%.9g\n", baldwin::bench::rate_of(std::atof(arguments[3]), work));
    return 0;
}
