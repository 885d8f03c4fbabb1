// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// The Atari adapter against a stand-in for ALE (ale_stub/), which is not installed here: what the
// preprocessing does with frames, rewards and ends (shared/reference/envs.md, section 7).

#include <baldwin/envs_ale/atari.hpp>

#include "envs/env_conformance.hpp"
#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace baldwin::atari_test {
namespace {

using envs::Atari;
using envs::AtariOptions;

class EnvsAtari : public ::testing::Test {
protected:
    EnvsAtari() { std::ofstream(folder_ / "game.bin") << "rom"; }

    [[nodiscard]] AtariOptions options() const {
        AtariOptions options;
        options.rom = (folder_ / "game.bin").string();
        return options;
    }

    test::TemporaryFolder folder_;
};

TEST_F(EnvsAtari, Conforms) {
    test::expect_environment_conforms(Atari(options()));
    test::expect_environment_conforms(envs::atari_game(options()));
}

// steps until the stand-in's 400th frame; no-ops are frames too
std::size_t steps_of(Atari& env, std::uint64_t seed, std::size_t choice, double* total = nullptr) {
    env.reset(seed);
    std::size_t steps = 0;
    bool is_over = false;
    while (!is_over) {
        const auto outcome = env.step(choice);
        if (total != nullptr) *total += outcome.reward;
        is_over = outcome.terminated;
        ++steps;
    }
    return steps;
}

TEST_F(EnvsAtari, SkipsFramesAndAddsRewards) {
    AtariOptions plain = options();
    plain.sticky = 0;
    plain.noops = 0;
    Atari env(plain);
    double total = 0;
    EXPECT_EQ(steps_of(env, 1, 1, &total), 100U); // 400 frames
    EXPECT_EQ(total, 57);                         // 400 / 7
    plain.frame_skip = 7;
    Atari slow(plain);
    EXPECT_EQ(steps_of(slow, 1, 1), 58U); // the last step stops at the end
}

// the stand-in's colours count its frames
int frames_of(const Atari& env) {
    const Scene scene = env.scene();
    return std::get<Image>(scene.panels.at(0).items.at(0)).pixels.at(0);
}

TEST_F(EnvsAtari, ResetDoesOneToThirtyNoops) {
    Atari env(options());
    std::set<int> counts;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        env.reset(seed);
        counts.insert(frames_of(env));
    }
    EXPECT_EQ(*counts.begin(), 1);
    EXPECT_EQ(*counts.rbegin(), 30);
    EXPECT_GT(counts.size(), 25U);
}

TEST_F(EnvsAtari, FiresOnResetIfAsked) {
    AtariOptions fires = options();
    fires.noops = 0;
    const auto frames = [&](envs::FireOnReset how) {
        fires.fire_on_reset = how;
        Atari env(fires);
        env.reset(1);
        return frames_of(env);
    };
    EXPECT_EQ(frames(envs::FireOnReset::no), 0);
    EXPECT_EQ(frames(envs::FireOnReset::frame), 1);
    EXPECT_EQ(frames(envs::FireOnReset::steps), 8);
}

TEST_F(EnvsAtari, RulesReachTheGameThroughTheCatalogue) {
    envs::Catalogue catalogue;
    envs::add_ale_environments(catalogue);
    envs::MakeOptions made;
    made.model = options().rom;
    made.atari = {.sticky = 1, .max_steps = 9};
    envs::AnyEnvironment env = catalogue.make("atari", made);
    env.reset(3);
    double fired = 0; // nothing is: the no-op is repeated for ever
    for (int t = 1; t <= 9; ++t) {
        const envs::Outcome outcome = env.step(std::size_t{1});
        fired += outcome.reward;
        EXPECT_EQ(outcome.truncated, t == 9);
    }
    EXPECT_EQ(fired, 0);
    made.atari.sticky = 0;
    env = catalogue.make("atari", made);
    env.reset(3);
    for (int t = 0; t < 9; ++t) fired += env.step(std::size_t{1}).reward;
    EXPECT_EQ(fired, 5); // of 36 frames every seventh
}

// the stand-in's dot moves one to the right in each frame that is not sticky
TEST_F(EnvsAtari, FramesAreStickyAsOftenAsAsked) {
    AtariOptions sticky = options();
    sticky.noops = 0;
    sticky.frame_skip = 1;
    sticky.sticky = 1;
    Atari never(sticky);
    const auto start = never.reset(3);
    const std::vector<float> first(start.begin(), start.end());
    for (int t = 0; t < 10; ++t) never.step(std::size_t{2});
    const auto last = never.step(std::size_t{2}).observation; // an odd frame is darker
    EXPECT_LT(last[0], first[0]);
    const auto brightest = [](std::span<const float> seen) {
        return std::max_element(seen.begin(), seen.end()) - seen.begin();
    };
    EXPECT_EQ(brightest(last), brightest(first)); // it has never moved
    sticky.sticky = 0;
    Atari always(sticky);
    always.reset(3);
    std::span<const float> seen;
    for (int t = 0; t < 40; ++t) seen = always.step(std::size_t{2}).observation;
    // 40 pixels of 160 are 21 of 84
    EXPECT_EQ(brightest(seen) - brightest(first), 21);
}

TEST_F(EnvsAtari, SeesTheBrighterOfTheLastTwoFrames) {
    AtariOptions plain = options();
    plain.sticky = 0;
    plain.noops = 0;
    for (const int skip : {1, 3, 4}) {
        plain.frame_skip = skip;
        Atari env(plain);
        env.reset(1);
        const float corner = env.step(std::size_t{0}).observation[0];
        // of frames `skip` and `skip` - 1 one is even: 40; a single odd frame is 20
        EXPECT_FLOAT_EQ(corner, (skip == 1 ? 20 : 40) / 255.0F);
    }
}

TEST(EnvsAtariResize, PixelsAreMeansOfAreas) {
    // 3 x 5 to 2 x 2: rows of 1.5 cells, columns of 2.5
    const envs::detail::AreaResize resize(3, 5, 2);
    std::vector<std::uint8_t> pixels(15, 0);
    pixels[1 * 5 + 2] = 255; // half of it lies in each row and each column
    std::vector<float> out(4);
    resize(pixels, out);
    for (const float value : out) EXPECT_NEAR(value, 0.25 / (1.5 * 2.5), 1e-6);
    std::fill(pixels.begin(), pixels.end(), std::uint8_t{255});
    resize(pixels, out);
    for (const float value : out) EXPECT_NEAR(value, 1, 1e-6);
}

TEST_F(EnvsAtari, ActionSetsAndMistakes) {
    EXPECT_EQ(envs::policy_outputs(Atari(options()).action_space()), 4U);
    AtariOptions all = options();
    all.all_actions = true;
    EXPECT_EQ(envs::policy_outputs(Atari(all).action_space()), 18U);
    all.rom = "/nowhere.bin";
    EXPECT_EQ(test::message_of([&] { Atari env(all); }),
              "/nowhere.bin: is no ROM: there is no such file");
    AtariOptions wrong = options();
    wrong.frame_skip = 0;
    EXPECT_THROW(Atari env(wrong), std::invalid_argument);
    wrong = options();
    wrong.sticky = 2;
    EXPECT_THROW(Atari env(wrong), std::invalid_argument);
    envs::Catalogue catalogue;
    envs::add_ale_environments(catalogue);
    EXPECT_THROW((void)catalogue.make("atari"), std::runtime_error);
}

} // namespace
} // namespace baldwin::atari_test
