// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/app/classifier.hpp>
#include <baldwin/core/nn/text.hpp>
#include <baldwin/io/dataset.hpp>

#include "support/errors.hpp"
#include "support/small_images.hpp"
#include "support/temporary_folder.hpp"
#include "support/threads.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace baldwin::app::classifier_test {
namespace {

using test::message_of;
using test::TemporaryFolder;

constexpr const char* kNetwork =
    "conv 4 3x3 same, batch_norm, relu, max_pool 2, flatten, linear 12, relu, linear 4";

class AppClassifier : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        const TemporaryFolder folder;
        test::write_small_images(folder.path(), 200, 60);
        data_ = new ImageDataset(io::load_dataset(folder.path().string()));
    }
    static void TearDownTestSuite() { delete data_; }

    static TrainingConfig config() {
        TrainingConfig config;
        config.batch = 16;
        config.epochs = 2;
        config.validation = 40;
        config.augmentation = {.shift = 1, .flip = true};
        config.label_smoothing = 0.1;
        config.optimiser.rule = Adam{};
        config.schedule = {.course = Schedule::Course::cosine, .rate = 0.01, .steps = 20};
        return config;
    }
    static std::unique_ptr<Classifier> make(const TrainingConfig& config,
                                            const Executor& executor = {},
                                            const std::string& network = kNetwork) {
        return std::make_unique<Classifier>(nn::Network(nn::parse(network), data_->image_shape()),
                                            *data_, config, 5, executor);
    }
    static void run(Classifier& classifier) {
        while (!classifier.is_done()) {
            classifier.step();
            if (classifier.is_at_boundary()) classifier.end_epoch(classifier.evaluate_held());
        }
    }

    inline static ImageDataset* data_ = nullptr;
};

// 160 images in batches of 16 for 2 epochs: 20 steps
TEST_F(AppClassifier, WhatIsSavedAtAnyStepGoesOnWithTheSameBits) {
    const auto whole = make(config());
    run(*whole);
    for (const std::uint64_t stop : {0U, 1U, 9U, 10U, 13U, 20U}) {
        SCOPED_TRACE(stop);
        const auto first = make(config());
        while (first->steps() < stop) {
            first->step();
            if (first->is_at_boundary()) first->end_epoch(first->evaluate_held());
        }
        SafetensorsWriter writer;
        first->save(writer);
        const SafetensorsFile file(writer.bytes(), "memory");
        const auto second = make(config());
        second->load(file);
        EXPECT_EQ(second->steps(), stop);
        run(*second);
        EXPECT_EQ(second->parameters_hash(), whole->parameters_hash());
        EXPECT_TRUE(std::ranges::equal(second->state(), whole->state()));
        ASSERT_EQ(second->history().size(), whole->history().size());
        EXPECT_EQ(second->history()[1].train_loss, whole->history()[1].train_loss);
        EXPECT_EQ(second->history()[0].held_accuracy, whole->history()[0].held_accuracy);
        EXPECT_EQ(second->images(), whole->images());
    }
}

TEST_F(AppClassifier, TheThreadsLeaveNoTraceInTheBits) {
    const auto one = make(config());
    run(*one);
    for (const std::size_t threads : {2U, 3U, 8U}) {
        const Executor executor(threads);
        const test::Rendezvous rendezvous(executor);
        const auto many = make(config(), executor);
        run(*many);
        // in each of the 20 steps at the least a loop of the forward and one of the backward pass;
        // the other operations of so small a network have too few chunks for 8 threads
        EXPECT_GE(rendezvous.full_loops(), 40U) << threads;
        EXPECT_EQ(many->parameters_hash(), one->parameters_hash()) << threads;
    }
}

TEST_F(AppClassifier, EvaluationChangesNothing) {
    const auto watched = make(config());
    const auto alone = make(config());
    for (int i = 0; i < 5; ++i) {
        watched->step();
        static_cast<void>(watched->evaluate_test());
        static_cast<void>(watched->evaluate_held());
        alone->step();
    }
    EXPECT_EQ(watched->parameters_hash(), alone->parameters_hash());
    EXPECT_TRUE(std::ranges::equal(watched->state(), alone->state()));
}

TEST_F(AppClassifier, ItLearns) {
    TrainingConfig longer = config();
    longer.augmentation = {};
    longer.epochs = 12;
    longer.schedule.steps = 120;
    const auto classifier = make(longer);
    run(*classifier);
    EXPECT_GT(classifier->history().back().train_accuracy, 0.9);
    EXPECT_LT(classifier->history().back().train_loss, classifier->history().front().train_loss);
}

TEST_F(AppClassifier, WithoutValidationTheTestImagesAreReportedOn) {
    TrainingConfig all = config();
    EXPECT_EQ(make(all)->held_name(), "validation");
    EXPECT_EQ(make(all)->evaluate_held().samples.size(), 40U);
    all.validation = 0;
    EXPECT_EQ(make(all)->held_name(), "test");
    EXPECT_EQ(make(all)->evaluate_held().samples.size(), 60U);
    EXPECT_EQ(make(all)->images_per_epoch(), 200U);
    all.train_images = 50;
    EXPECT_EQ(make(all)->images_per_epoch(), 50U);
}

TEST_F(AppClassifier, ANetworkThatDoesNotFitTheDataIsRefused) {
    const auto refusal = [&](const std::string& network) {
        return message_of<std::invalid_argument>([&] { make(config(), {}, network); });
    };
    EXPECT_NE(refusal("flatten, linear 5").find("4 classes"), std::string::npos);
    EXPECT_NE(refusal("conv 4 3x3 same").find("4 classes"), std::string::npos);
    const auto wrong_input = message_of<std::invalid_argument>([&] {
        Classifier(nn::Network(nn::parse("linear 4"), {7}), *data_, config(), 1,
                   Executor::serial());
    });
    EXPECT_NE(wrong_input.find("(1, 12, 12)"), std::string::npos) << wrong_input;
}

TEST_F(AppClassifier, ALossThatIsNotFiniteNamesStepAndLayer) {
    TrainingConfig wild = config();
    wild.optimiser.rule = Sgd{};
    wild.schedule.rate = 1e30;
    const auto classifier = make(wild, Executor::serial(), "flatten, linear 12, relu, linear 4");
    const auto message = message_of<NonFiniteLoss>([&] { run(*classifier); });
    EXPECT_NE(message.find("the loss became"), std::string::npos) << message;
    EXPECT_NE(message.find("at step"), std::string::npos) << message;
    EXPECT_NE(message.find("layer"), std::string::npos) << message;
}

// the rate is infinite as a float: one step ruins θ, though the loss before it was finite
TEST_F(AppClassifier, ParametersThatAreNotFiniteAreNotSaved) {
    TrainingConfig wild = config();
    wild.optimiser.rule = Sgd{};
    wild.schedule = {.rate = 1e39};
    const auto classifier = make(wild, Executor::serial(), "flatten, linear 4");
    classifier->step();
    SafetensorsWriter out;
    const auto message = message_of<NonFiniteLoss>([&] { classifier->save(out); });
    EXPECT_NE(message.find("layer 1.linear"), std::string::npos) << message;
}

TEST_F(AppClassifier, ACheckpointOfAnotherSizeIsRefused) {
    const auto classifier = make(config(), {}, "flatten, linear 4");
    SafetensorsWriter writer;
    classifier->save(writer);
    const SafetensorsFile file(writer.bytes(), "memory");
    const auto message = message_of<std::runtime_error>([&] { make(config())->load(file); });
    EXPECT_NE(message.find("theta"), std::string::npos) << message;
}

} // namespace
} // namespace baldwin::app::classifier_test
