// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include "evolve/policy.hpp"

#include <baldwin/core/initialise.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/core/random.hpp>
#include <baldwin/envs/catalogue.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace baldwin::policy_test {
namespace {

envs::AnyEnvironment environment(const std::string& id) {
    auto env = envs::standard_catalogue().make(id, {});
    env.reset(1);
    return env;
}

std::vector<float> outputs_of(const nn::Network& network, std::span<const float> theta,
                              const std::vector<float>& x) {
    Tape<float> tape;
    const Value y = network(tape, tape.leaf(theta), tape.leaf({x.data(), Shape{1, x.size()}}));
    return {tape[y].data(), tape[y].data() + tape[y].size()};
}

// The loops of small networks sum in the order of the inputs, the tape's products in blocks: with
// at most 24 terms of size about 1 a sum is off by 24 units of 2^-24, and two such layers, whose
// second one has weights of about 1/4, stay below 1e-5.
TEST(AppPolicy, SmallNetworksGiveWhatTheTapeGives) {
    for (const std::string arch : {"linear 2", "linear 16, tanh", "linear 9, relu, linear 24, tanh",
                                   "linear 5 no_bias, tanh"}) {
        SCOPED_TRACE(arch);
        auto env = environment("hard-maze");
        const nn::Network network(app::policy_architecture(arch, env), app::observation_shape(env));
        app::Policy policy(network, env);
        std::vector<float> theta(network.parameters().size());
        Stream(3).fill_normal(theta);
        for (float& weight : theta) weight *= 0.25F;
        policy.take(theta, nullptr);
        std::vector<float> x(11);
        for (std::uint64_t trial = 0; trial < 20; ++trial) {
            Stream(4, trial).fill_uniform(x);
            const auto wanted = outputs_of(network, theta, x);
            const envs::Action action = policy(x);
            const auto& got = action.values(2, "test");
            ASSERT_EQ(got.size(), wanted.size());
            for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], wanted[i], 1e-5);
        }
    }
}

} // namespace
} // namespace baldwin::policy_test
