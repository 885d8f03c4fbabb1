// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// A memory sees ten films of ten frames once each. Then the first frame of a film is enough: the
// codes of the others follow from the links between codes, and weights run backwards give pixels.
#include <baldwin/sdr/health.hpp>
#include <baldwin/sdr/network.hpp>

#include <cstdint>
#include <cstdio>
#include <vector>

using namespace baldwin;

int main() {
    constexpr std::uint64_t kFilms = 10;
    constexpr std::uint64_t kFrames = 10;
    sdr::LevelParameters level;
    level.mac.shape = {.modules = 24, .cells = 16};
    level.mac.plasticity.freeze = sdr::FreezeScope::none;
    level.h = sdr::Field{}; // each code is linked to the one before
    sdr::NetworkParameters parameters;
    parameters.input = {12, 12};
    parameters.levels = {level};
    sdr::Network memory(parameters, 1);

    const auto frame = [](std::uint64_t film, std::uint64_t at) {
        return sdr::random_bits(144, 10, Stream(7, film * kFrames + at));
    };
    for (std::uint64_t film = 0; film < kFilms; ++film) {
        memory.begin_episode();
        for (std::uint64_t at = 0; at < kFrames; ++at) memory.learn(frame(film, at));
    }
    double alike = 0;
    for (std::uint64_t film = 0; film < kFilms; ++film) {
        memory.begin_episode();
        memory.recognise(frame(film, 0));
        for (std::uint64_t at = 1; at < kFrames; ++at) {
            alike += sdr::jaccard(memory.predict(), frame(film, at));
        }
    }
    alike /= kFilms * (kFrames - 1);
    const sdr::Health health = sdr::health_of(memory, 0);
    std::printf("%zu weights, %.0f %% of them 1; %zu codes in %zu frames\n", memory.weights(),
                100 * health.saturation, health.unique_codes, health.stores);
    std::printf("regenerated frames agree with the films in %.1f %% of their pixels\n",
                100 * alike);
    return alike > 0.97 ? 0 : 1;
}
