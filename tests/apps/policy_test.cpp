// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// The policies and recipes of baldwin-evolve.

#include "evolve/evolve_options.hpp"
#include "evolve/individuals.hpp"
#include "evolve/policy.hpp"
#include "evolve/recipe.hpp"
#include "evolve/scenes.hpp"
#include "evolve/spotlight.hpp"

#include <baldwin/app/environments.hpp>
#include <baldwin/core/extern_operations.hpp>
#include <baldwin/core/nn/extern_network.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/envs/maze.hpp>

#include "envs/robots.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace baldwin::policy_test {
namespace {

using app::Policy;

/// Any observations and actions; nothing happens in it.
struct Stillness {
    envs::Space seen = envs::Box{};
    envs::Space done = envs::Box{};
    std::vector<float> values = {};

    [[nodiscard]] envs::Space observation_space() const { return seen; }
    [[nodiscard]] envs::Space action_space() const { return done; }
    std::span<const float> reset(std::uint64_t /*seed*/) { return reset(); }
    std::span<const float> reset() {
        values.resize(std::get<envs::Box>(seen).size());
        return values;
    }
    envs::Outcome step(const envs::Action& /*action*/) { return {values, 0, true, false}; }
    [[nodiscard]] static Scene scene() { return {}; }
};

Stillness stillness(const Shape& observation, std::size_t numbers) {
    return {envs::uniform_box(observation, -1, 1), envs::uniform_box({numbers}, -9, 9)};
}

std::vector<float> policy_normals(std::size_t count, std::uint64_t seed) {
    std::vector<float> values(count);
    Stream(seed).fill_normal(std::span(values));
    return values;
}

// what the network itself says
std::vector<float> reference(const nn::Network& network, std::span<const float> theta,
                             std::span<const float> x) {
    std::vector<std::size_t> extents = {1};
    extents.insert(extents.end(), network.input().begin(), network.input().end());
    Tape<float> tape;
    const Value y = network(tape, tape.leaf(theta),
                            tape.leaf({x.data(), Shape(std::span<const std::size_t>(extents))}));
    const auto out = tape[y];
    return {out.data(), out.data() + out.size()};
}

std::vector<float> answer(Policy& policy, std::span<const float> x, std::size_t count) {
    const auto values = policy(x).values(count, "test");
    return {values.begin(), values.end()};
}

void expect_the_networks_bits(const std::string& arch, const Shape& input, std::size_t outputs) {
    SCOPED_TRACE(arch);
    const envs::AnyEnvironment env = stillness(input, outputs);
    const nn::Network network(app::policy_architecture(arch, env), input);
    Policy policy(network, env);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto theta = policy_normals(network.parameters().size(), seed);
        policy.take(theta, nullptr);
        for (std::uint64_t i = 0; i < 3; ++i) {
            const auto x = policy_normals(input.size(), 1000 * seed + i);
            EXPECT_EQ(answer(policy, x, outputs), reference(network, theta, x)) << seed;
        }
    }
}

template <class F>
void expect_policy_refusal(F&& f, const std::string& word) {
    try {
        f();
        FAIL() << "nothing was thrown";
    } catch (const std::exception& error) {
        EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
    }
}

TEST(AppPolicy, SmallNetworksHaveTheBitsOfTheTape) {
    expect_the_networks_bits("", {4}, 2);
    expect_the_networks_bits("linear 16, tanh", {11}, 2);
    expect_the_networks_bits("linear 8, relu, linear 7 no_bias, tanh", {5}, 3);
    expect_the_networks_bits("linear 9 no_bias, linear 33, relu, linear 64, tanh", {17}, 1);
}

TEST(AppPolicy, OtherNetworksRunOnTheTape) {
    expect_the_networks_bits("conv 4 3x3/1 valid, relu, linear 16, relu", {3, 10, 10}, 6);
    expect_the_networks_bits("linear 8, tanh, relu, linear 8, sigmoid", {6}, 2);
    expect_the_networks_bits("linear 8, layer_norm, tanh", {6}, 2);
}

TEST(AppPolicy, AnswersAreTheNetworksOwnHoweverOftenItIsAsked) {
    const envs::AnyEnvironment env = stillness({2, 6, 6}, 3);
    const nn::Network network(app::policy_architecture("conv 2 3x3, relu", env), {2, 6, 6});
    Policy policy(network, env);
    constexpr std::uint64_t kMany = 3000; // more than are remembered
    for (std::uint64_t seed = 0; seed < 2; ++seed) {
        const auto theta = policy_normals(network.parameters().size(), seed);
        policy.take(theta, nullptr); // of others nothing must be left
        for (std::uint64_t i = 0; i < 2 * kMany; ++i) {
            const std::uint64_t which = i % 3 == 0 ? i % 5 : i % kMany;
            const auto x = policy_normals(network.input().size(), which);
            ASSERT_EQ(answer(policy, x, 3), reference(network, theta, x)) << seed << " " << i;
        }
    }
}

TEST(AppPolicy, AnOutputThatIsNoNumberIsNamedEachTime) {
    const envs::AnyEnvironment env = stillness({4}, 2);
    const nn::Network network(app::policy_architecture("linear 4, sigmoid", env), {4});
    Policy policy(network, env);
    auto theta = policy_normals(network.parameters().size(), 1);
    theta[0] = std::numeric_limits<float>::quiet_NaN();
    policy.take(theta, nullptr);
    const std::vector<float> x = {1, 1, 1, 1};
    for (int i = 0; i < 3; ++i) expect_policy_refusal([&] { policy(x); }, "nan");
    EXPECT_FALSE(policy.act(x));
}

TEST(AppPolicy, AnswersAreRememberedUntilOtherParametersCome) {
    app::AnswerTable answers(2, 1);
    int asked = 0;
    const auto sum = [&](std::span<const float> x) {
        ++asked;
        return std::vector<float>{x[0] + x[1]};
    };
    const std::vector<float> a = {1, 2};
    const std::vector<float> zero = {0, 0};
    const std::vector<float> minus = {-0.0F, 0};
    for (int i = 0; i < 3; ++i) EXPECT_EQ(answers.find_or(a, sum)[0], 3);
    EXPECT_EQ(asked, 1);
    answers.forget();
    EXPECT_EQ(answers.find_or(a, sum)[0], 3);
    EXPECT_EQ(asked, 2);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(answers.find_or(zero, sum)[0], 0);
    EXPECT_EQ(asked, 3);
    answers.find_or(minus, sum); // other bits are another observation
    EXPECT_EQ(asked, 4);
}

TEST(AppPolicy, RecurrentNetworksRememberWithinAnEpisode) {
    const envs::AnyEnvironment env = stillness({3}, 2);
    const nn::Network network(app::policy_architecture("gru 5 step", env), {3});
    Policy policy(network, env);
    const auto theta = policy_normals(network.parameters().size(), 1);
    const auto x = policy_normals(3, 2);
    policy.take(theta, nullptr);
    const auto first = answer(policy, x, 2);
    EXPECT_NE(answer(policy, x, 2), first);
    policy.take(theta, nullptr);
    EXPECT_EQ(answer(policy, x, 2), first);
}

TEST(AppPolicy, ObservationsAreNormalisedFirst) {
    const envs::AnyEnvironment env = stillness({2}, 1);
    const nn::Network network(app::policy_architecture("", env), {2});
    Policy policy(network, env);
    const std::vector<float> theta = {1, 10, 0}; // w, b
    neuroevolution::Normaliser normaliser;
    normaliser.mean = {1, 2};
    normaliser.deviation = {2, 4};
    policy.take(theta, &normaliser);
    EXPECT_EQ(answer(policy, std::vector<float>{3, 6}, 1), std::vector<float>{11});
}

TEST(AppPolicy, WhatDoesNotFitIsRefused) {
    const envs::AnyEnvironment env = stillness({4}, 2);
    const auto policy_of = [&](const char* arch, const Shape& input) {
        return Policy(nn::Network(nn::parse(arch), input), env).memory().size();
    };
    expect_policy_refusal([&] { policy_of("linear 3", {4}); }, "2 outputs");
    expect_policy_refusal([&] { policy_of("linear 2", {5}); }, "observations of");
    expect_policy_refusal([&] { policy_of("linear 4, batch_norm, linear 2", {4}); },
                          "running statistics");
    const nn::Network network(nn::parse("linear 2"), {4});
    Policy policy(network, env);
    std::vector<float> theta(network.parameters().size());
    theta[0] = std::numeric_limits<float>::quiet_NaN();
    policy.take(theta, nullptr);
    const std::vector<float> x = {1, 1, 1, 1};
    expect_policy_refusal([&] { policy(x); }, "nan");
    EXPECT_FALSE(policy.act(x));
}

// A network that gives no number loses its episode there and then, and the run goes on.
TEST(AppPolicy, ANetworkWithoutAnAnswerLosesItsEpisode) {
    const envs::AnyEnvironment env = stillness({4}, 2);
    const nn::Network network(nn::parse("linear 2"), {4});
    std::vector<float> theta(network.parameters().size());
    theta[0] = std::numeric_limits<float>::quiet_NaN();
    const auto seeds = std::vector<std::uint64_t>{1, 2};
    neuroevolution::Candidate candidate;
    candidate.theta = theta;
    candidate.seeds = seeds;
    std::vector<neuroevolution::Episode> episodes(2);
    app::playing(network, env, 1)(candidate, episodes);
    for (const auto& episode : episodes) {
        EXPECT_EQ(episode.fitness, -app::kFailurePenalty);
        EXPECT_EQ(episode.frames, 1U);
    }
    theta[0] = 1;
    app::playing(network, env, 1)(candidate, episodes);
    EXPECT_EQ(episodes[0].fitness, 0);
}

TEST(AppPolicy, EveryEnvironmentHasADefaultPolicy) {
    const envs::Catalogue catalogue = app::all_environments();
    std::string left_out;
    for (const envs::CatalogueEntry& entry : catalogue.entries()) {
        SCOPED_TRACE(entry.id);
        const app::Recipe recipe = app::recipe_of(entry.id);
        EXPECT_GT(recipe.sigma, 0);
        EXPECT_GE(recipe.episodes, 1U);
        EXPECT_LE(recipe.parents, recipe.population / 5);
        // MuJoCo's ids end in v4 and v5; Box2D's and Gymnasium's own below that
        const bool is_robot = entry.id.ends_with("-v4") || entry.id.ends_with("-v5");
        if (entry.id == "atari" || (is_robot && test::robots().empty())) {
            left_out += entry.id + " ";
            continue;
        }
        envs::AnyEnvironment env = entry.make({});
        env.reset(1);
        const nn::Network network(app::policy_architecture(recipe.arch, env),
                                  app::observation_shape(env));
        EXPECT_NO_THROW(Policy(network, env));
        // MAP-Elites needs axes for a behaviour, and no others
        const auto behaviour = env.behaviour();
        EXPECT_EQ(recipe.axes.size(), behaviour ? behaviour->at.size() : 0);
    }
    if (!left_out.empty()) GTEST_SKIP() << "no robot file or ROM here for " << left_out;
}

// What a preset says reaches the environment; what the user says stands above it.
TEST(AppEvolveOptions, ThePresetOfAtariSetsItsEnvironmentsRules) {
    app::EvolveOptions options;
    options.preset = "deep-ga-atari";
    options.resolve();
    const envs::AtariRules rules = options.make_options().atari;
    EXPECT_EQ(rules.sticky, 0);
    EXPECT_EQ(rules.fire_on_reset, envs::FireOnReset::steps);
    EXPECT_EQ(rules.max_steps, 100'000U);
    EXPECT_EQ(options.max_frames, 1'500'000'000U);
    app::EvolveOptions other;
    other.preset = "deep-ga-atari";
    other.sticky = "0.25";
    other.test_max_steps = 200'000;
    other.resolve();
    EXPECT_EQ(other.make_options().atari.sticky, 0.25);
    EXPECT_EQ(other.make_options().atari.max_steps, 200'000U);
}

app::Population three_in_a_row() {
    app::Population population;
    for (std::uint32_t i = 0; i < 3; ++i) {
        neuroevolution::Item item;
        item.child = i;
        population.batch.items.push_back(item);
        neuroevolution::Evaluation evaluation;
        evaluation.behaviour = {static_cast<float>(10 * i), static_cast<float>(i)};
        population.results.push_back(evaluation);
    }
    return population;
}

TEST(AppSpotlight, AClickPicksTheNearest) {
    const app::Population population = three_in_a_row();
    const auto at = [](double x, double y, bool pressed) {
        return Pointer{.panel = app::kBehavioursTitle, .x = x, .y = y, .pressed = pressed};
    };
    app::Spotlight light;
    EXPECT_EQ(light.who(), "Champion");
    EXPECT_FALSE(light.point(at(10, 1, false), population));
    EXPECT_TRUE(light.point(at(12, 1.3, true), population));
    EXPECT_EQ(light.who(), "Individual 0.1");
    EXPECT_FALSE(light.point(at(20, 2, true), population)); // held, not clicked again
    EXPECT_FALSE(light.point(at(20, 2, false), population));
    EXPECT_TRUE(light.point(at(20.1, 2, true), population));
    EXPECT_EQ(light.picked()->genome, neuroevolution::individual_of(population.batch, 2).genome);
    Panel panel;
    light.mark(panel);
    EXPECT_EQ(std::get<Points>(panel.items.at(0)).at.at(0).x, 20);
    EXPECT_FALSE(light.point(at(0, 0, false), population));
    EXPECT_FALSE(light.point({.panel = "Fitness", .x = 0, .y = 0, .pressed = true}, population));
    light.clear();
    EXPECT_FALSE(light.picked());
}

TEST(AppIndividuals, AreReadBackWithTheArchive) {
    test::TemporaryFolder folder;
    const app::Population population = three_in_a_row();
    const std::vector<float> archive = {1, 2, 3, 4};
    app::write_individuals(folder / "i.safetensors", population, archive);
    const app::Kept kept = app::read_individuals(folder / "i.safetensors");
    EXPECT_EQ(kept.archive, archive);
    ASSERT_EQ(kept.population.results.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(neuroevolution::genome_of(kept.population.batch, i),
                  neuroevolution::genome_of(population.batch, i));
        EXPECT_EQ(kept.population.results[i].behaviour, population.results[i].behaviour);
    }
    const auto panel = app::behaviour_panel(kept.population, kept.archive, envs::Maze());
    EXPECT_EQ(std::get<Points>(panel->items.at(panel->items.size() - 2)).at.size(), 2U);
}

// LargeModel of the authors' GPU code, shared/reference/neuroevolution.md, section 1.4
TEST(AppPolicy, ThePresetsNetworksHaveThePapersSizes) {
    const app::Recipe atari = app::preset_recipe("deep-ga-atari");
    EXPECT_EQ(atari.env, "atari");
    envs::AnyEnvironment screen =
        Stillness{envs::uniform_box({4, 84, 84}, 0, 1), envs::Discrete{18}};
    const nn::Network large(app::policy_architecture(atari.arch, screen), {4, 84, 84});
    EXPECT_EQ(large.parameters().size(), 4'052'658U);
    EXPECT_EQ(atari.population, 1000U);
    EXPECT_EQ(atari.parents, 20U);
    EXPECT_EQ(atari.sigma, 0.002);
    EXPECT_EQ(atari.sticky, 0); // sheet envs.md, section 7.1, column DNE
    EXPECT_EQ(atari.atari.fire_on_reset, envs::FireOnReset::steps);
    EXPECT_EQ(atari.max_steps, 5000U);
    EXPECT_EQ(atari.test_max_steps, 100'000U);
    EXPECT_EQ(atari.max_frames, 1'500'000'000U);
    const app::Recipe humanoid = app::preset_recipe("humanoid");
    const nn::Network walker(app::policy_architecture(humanoid.arch, stillness({376}, 17)), {376});
    EXPECT_EQ(walker.parameters().size(), 166'673U);
    EXPECT_TRUE(humanoid.normalises);
    const app::Recipe maze = app::preset_recipe("image-hard-maze");
    EXPECT_EQ(maze.population, 20'000U);
    EXPECT_EQ(maze.parents, 61U);
    EXPECT_EQ(maze.algorithm, "ga-ns");
    EXPECT_THROW(app::preset_recipe("image-maze"), std::invalid_argument);
}

} // namespace
} // namespace baldwin::policy_test
