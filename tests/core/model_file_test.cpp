// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/initialise.hpp>
#include <baldwin/core/model_file.hpp>

#include "../support/errors.hpp"
#include "../support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>

namespace baldwin::model_file_test {
namespace {

using test::message_of;
using test::TemporaryFolder;

// a small network with parameters and state that are all different
Model small_model() {
    const nn::Network network(nn::parse("conv 3 3x3 same, batch_norm, relu, flatten, linear 4"),
                              {2, 5, 5});
    Model model{network,
                AlignedVector<float>(network.parameters().size()),
                AlignedVector<float>(network.state().size()),
                {{"classes", "a b c d"}}};
    Stream(7, 1).fill_normal(std::span(model.theta));
    Stream(7, 2).fill_normal(std::span(model.state));
    return model;
}

TEST(CoreModelFile, WhatWasWrittenIsReadBack) {
    const TemporaryFolder folder;
    const Model model = small_model();
    write_model(folder / "m", model.network, model.theta, model.state, model.metadata);
    const Model read = read_model(folder / "m");
    EXPECT_EQ(read.network.architecture(), model.network.architecture());
    EXPECT_EQ(read.network.input(), model.network.input());
    EXPECT_EQ(read.theta, model.theta);
    EXPECT_EQ(read.state, model.state);
    EXPECT_EQ(read.metadata.at("classes"), "a b c d");
}

TEST(CoreModelFile, EveryEntryStandsUnderItsName) {
    const TemporaryFolder folder;
    const Model model = small_model();
    write_model(folder / "m", model.network, model.theta, model.state);
    const auto file = read_safetensors(folder / "m");
    EXPECT_EQ(file.entry("0.conv.weight").shape, (Shape{3, 2, 3, 3}));
    EXPECT_EQ(file.entries().size(),
              model.network.parameters().entries().size() + model.network.state().entries().size());
}

TEST(CoreModelFile, AnotherFormatVersionOrArchitectureIsRefused) {
    const TemporaryFolder folder;
    const auto refusal = [&](const std::map<std::string, std::string>& metadata) {
        SafetensorsWriter out;
        out.metadata = metadata;
        out.write(folder / "m");
        return message_of<std::runtime_error>([&] { read_model(folder / "m"); });
    };
    EXPECT_NE(refusal({}).find("is not a model"), std::string::npos);
    EXPECT_NE(refusal({{"format", "baldwin-model"}, {"version", "2"}}).find("version 2"),
              std::string::npos);
    const auto unknown = refusal({{"format", "baldwin-model"},
                                  {"version", "1"},
                                  {"architecture", "warp 9"},
                                  {"input", "3"}});
    EXPECT_NE(unknown.find("warp"), std::string::npos) << unknown;
    const auto missing = refusal({{"format", "baldwin-model"},
                                  {"version", "1"},
                                  {"architecture", "linear 9"},
                                  {"input", "3"}});
    EXPECT_NE(missing.find("0.linear.weight"), std::string::npos) << missing;
}

} // namespace
} // namespace baldwin::model_file_test
