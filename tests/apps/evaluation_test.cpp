// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/app/evaluation.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace baldwin::app::evaluation_test {
namespace {

// four 2 x 2 images of the classes 0, 1, 2, 0
ImageSet four_images() {
    ImageSet set;
    set.images = Tensor<std::uint8_t>::from_shape({4, 1, 2, 2});
    for (std::size_t i = 0; i < 16; ++i) set.images.data()[i] = static_cast<std::uint8_t>(i);
    set.labels = {0, 1, 2, 0};
    return set;
}

// answers 0, 2, 2, 1 with probabilities 0.5, 0.8, 0.6, 0.9
Evaluation four_answers() {
    const auto ln = [](double p) { return static_cast<float>(std::log(p)); };
    const std::vector<float> rows = {ln(0.5), ln(0.3), ln(0.2), ln(0.1),  ln(0.1), ln(0.8),
                                     ln(0.2), ln(0.2), ln(0.6), ln(0.05), ln(0.9), ln(0.05)};
    const std::vector<std::int32_t> labels = {0, 1, 2, 0};
    const std::vector<std::uint32_t> samples = {0, 1, 2, 3};
    Evaluation evaluation;
    evaluation.classes = 3;
    const std::span<const float> all(rows);
    // two batches: what is counted does not depend on the cut
    add_batch(evaluation, all.first(3), std::span(labels).first(1), std::span(samples).first(1));
    add_batch(evaluation, all.subspan(3), std::span(labels).subspan(1),
              std::span(samples).subspan(1));
    return evaluation;
}

// -(ln 0.5 + ln 0.1 + ln 0.6 + ln 0.05) / 4
TEST(AppEvaluation, CountsAreThoseWorkedByHand) {
    const Evaluation evaluation = four_answers();
    EXPECT_EQ(evaluation.right, 2U);
    EXPECT_EQ(evaluation.accuracy(), 0.5);
    EXPECT_NEAR(evaluation.loss(),
                -(std::log(0.5) + std::log(0.1) + std::log(0.6) + std::log(0.05)) / 4, 1e-6);
    EXPECT_EQ(evaluation.confusion, (std::vector<std::size_t>{1, 1, 0, 0, 0, 1, 0, 0, 1}));
    EXPECT_EQ(evaluation.answers, (std::vector<std::uint8_t>{0, 2, 2, 1}));
    EXPECT_NEAR(evaluation.confidences[3], 0.9, 1e-6);
}

TEST(AppEvaluation, NothingEvaluatedIsZero) {
    EXPECT_EQ(Evaluation().accuracy(), 0.0);
    EXPECT_EQ(Evaluation().loss(), 0.0);
}

TEST(AppEvaluation, OfEqualOutputsTheFirstIsTheAnswer) {
    const std::vector<float> values = {1, 3, 3};
    EXPECT_EQ(arg_max(values), 1U);
}

TEST(AppEvaluation, TheMostCertainMistakesComeFirst) {
    const ImageSet set = four_images();
    EXPECT_EQ(pick_examples(four_answers(), set, 1, 5), (std::vector<std::size_t>{0, 3, 1}));
    EXPECT_EQ(pick_examples(four_answers(), set, 9, 1), (std::vector<std::size_t>{0, 1, 2, 3, 3}));
}

TEST(AppEvaluation, PredictionsShowImageAnswerAndTruth) {
    const Scene scene = prediction_scene(four_answers(), four_images(), {"cat", "dog", "cow"});
    ASSERT_EQ(scene.panels.size(), 2U);
    std::vector<std::string> texts;
    for (const Item& item : scene.panels[1].items) {
        if (const auto* text = std::get_if<Text>(&item)) texts.push_back(text->text);
    }
    EXPECT_EQ(texts, (std::vector<std::string>{"dog 90 %", "is cat", "cow 80 %", "is dog"}));
}

TEST(AppEvaluation, ColourPicturesAreInterleaved) {
    ImageSet set;
    set.images = Tensor<std::uint8_t>::from_shape({1, 3, 1, 2});
    for (std::size_t i = 0; i < 6; ++i) set.images.data()[i] = static_cast<std::uint8_t>(i);
    set.labels = {0};
    EXPECT_EQ(picture_of(set, 0).pixels, (std::vector<std::uint8_t>{0, 2, 4, 1, 3, 5}));
}

TEST(AppEvaluation, FiltersAreTheFirstWeightsThatSeeTheImage) {
    Layout layout;
    layout.add(
        {.name = "0.conv.weight", .shape = {2, 1, 2, 2}, .layer = "0.conv", .initialiser = {}});
    std::vector<float> theta(8, 0.5F);
    const auto scene = filter_scene(layout, theta, {1, 2, 2});
    ASSERT_TRUE(scene.has_value());
    EXPECT_EQ(scene->panels.at(0).items.size(), 2U);

    Layout linear;
    linear.add(
        {.name = "0.linear.weight", .shape = {2, 4}, .layer = "0.linear", .initialiser = {}});
    EXPECT_TRUE(filter_scene(linear, theta, {1, 2, 2}).has_value());
    EXPECT_FALSE(filter_scene(linear, theta, {1, 3, 3}).has_value());
    EXPECT_FALSE(filter_scene(Layout(), theta, {1, 2, 2}).has_value());
}

TEST(AppEvaluation, CurvesGoOverEpochs) {
    const std::vector<EpochResult> history = {{1, 0.5, 0.8, 0.6, 0.75}, {2, 0.4, 0.85, 0.5, 0.8}};
    const Scene scene = learning_curve_scene(history, "test");
    const auto& curve = std::get<Curve>(scene.panels.at(1).items.at(1));
    EXPECT_EQ(curve.name, "test");
    EXPECT_EQ(curve.at, (std::vector<Point>{{1, 75}, {2, 80}}));
}

} // namespace
} // namespace baldwin::app::evaluation_test
