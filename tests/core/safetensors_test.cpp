// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#define BALDWIN_TEST_COUNT_ALLOCATIONS

#include <baldwin/core/safetensors.hpp>

#include "support/errors.hpp"
#include "support/fuzz.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace baldwin::safetensors_test {
namespace {

using baldwin::Dtype;
using baldwin::SafetensorsFile;
using baldwin::SafetensorsWriter;
using baldwin::Shape;
using baldwin::Tensor;
using baldwin::test::message_of;
using baldwin::test::TemporaryFolder;

/// A file from its header text and its data.
std::vector<std::byte> raw_file(const std::string& header, const std::string& data) {
    const std::uint64_t size = header.size();
    std::string text(sizeof(size), '\0');
    std::memcpy(text.data(), &size, sizeof(size));
    text += header + data;
    const auto bytes = baldwin::bytes_of(text);
    return {bytes.begin(), bytes.end()};
}

/// The error that reading a file with this header and data gives, without its origin.
std::string refusal(const std::string& header, const std::string& data = "") {
    const auto text =
        message_of<std::runtime_error>([&] { SafetensorsFile(raw_file(header, data), "f"); });
    return text.starts_with("f: ") ? text.substr(3) : text;
}

/// One tensor of every type, of ranks 0 to 6, and metadata.
SafetensorsWriter sample() {
    static const Tensor<float> weights = {{1.5F, -2.0F, 3.0F}, {0.0F, -0.0F, 1e-45F}};
    static const std::vector<double> doubles = {0.1, std::numeric_limits<double>::infinity()};
    SafetensorsWriter writer;
    writer.metadata = {{"format", "baldwin 1"}, {"text", "\"ümlaut\"\n"}};
    writer.add("weights", weights);
    writer.add("doubles", std::span<const double>(doubles));
    writer.add_value<std::int64_t>("step", -3);
    writer.add_value<std::uint64_t>("seed", ~0ULL);
    writer.add_value<bool>("flag", true);
    writer.add_value<std::uint8_t>("byte", 255);
    writer.add_value<std::int8_t>("small", -128);
    writer.add_value<std::int16_t>("short", -32768);
    writer.add_value<std::uint16_t>("ushort", 65535);
    writer.add_value<std::int32_t>("int", -7);
    writer.add_value<std::uint32_t>("uint", 7);
    writer.add_copy<float>("empty", {nullptr, Shape{0, 3}});
    const std::vector<float> six(2 * 3, 2.5F);
    writer.add_copy<float>("six", {six.data(), Shape{1, 2, 1, 3, 1, 1}});
    return writer;
}

TEST(CoreSafetensors, GivesBackWhatWasStored) {
    const TemporaryFolder folder;
    baldwin::write_safetensors(folder / "a.safetensors", sample());
    const auto file = baldwin::read_safetensors(folder / "a.safetensors");

    EXPECT_EQ(file.entries().size(), 13U);
    EXPECT_EQ(file.text("format"), "baldwin 1");
    EXPECT_EQ(file.text("text"), "\"ümlaut\"\n");
    const auto weights = file.tensor<float>("weights", {2, 3});
    EXPECT_EQ(weights(0, 1), -2.0F);
    EXPECT_TRUE(std::signbit(weights(1, 1)));
    EXPECT_EQ(weights(1, 2), 1e-45F);
    EXPECT_EQ(file.values<double>("doubles")[0], 0.1);
    EXPECT_TRUE(std::isinf(file.values<double>("doubles")[1]));
    EXPECT_EQ(file.value<std::int64_t>("step"), -3);
    EXPECT_EQ(file.value<std::uint64_t>("seed"), ~0ULL);
    EXPECT_TRUE(file.value<bool>("flag"));
    EXPECT_EQ(file.value<std::uint8_t>("byte"), 255);
    EXPECT_EQ(file.value<std::int8_t>("small"), -128);
    EXPECT_EQ(file.value<std::int16_t>("short"), -32768);
    EXPECT_EQ(file.value<std::uint16_t>("ushort"), 65535);
    EXPECT_EQ(file.value<std::int32_t>("int"), -7);
    EXPECT_EQ(file.value<std::uint32_t>("uint"), 7U);
    EXPECT_EQ(file.tensor<float>("empty").size(), 0U);
    EXPECT_EQ(file.entry("six").shape, (Shape{1, 2, 1, 3, 1, 1}));
}

TEST(CoreSafetensors, TheSameContentGivesTheSameBytesInAnyOrder) {
    const std::vector<float> a = {1, 2};
    const std::vector<double> b = {3};
    SafetensorsWriter first;
    first.add("a", std::span<const float>(a));
    first.add("b", std::span<const double>(b));
    SafetensorsWriter second;
    second.add("b", std::span<const double>(b));
    second.add("a", std::span<const float>(a));
    EXPECT_EQ(first.bytes(), second.bytes());
}

// the file format is fixed: this is every byte of a small file, worked by hand
TEST(CoreSafetensors, WritesTheDocumentedLayout) {
    SafetensorsWriter writer;
    writer.metadata["k"] = "v";
    writer.add_value<std::uint8_t>("a", 7);
    writer.add_value<std::int32_t>("b", 1);
    const std::string header = R"({"__metadata__":{"k":"v"},)"
                               R"("b":{"dtype":"I32","shape":[],"data_offsets":[0,4]},)"
                               R"("a":{"dtype":"U8","shape":[],"data_offsets":[4,5]}})";
    ASSERT_EQ(header.size(), 129U);
    EXPECT_EQ(writer.bytes(), raw_file(header + "       ", std::string("\1\0\0\0\7", 5)));
}

TEST(CoreSafetensors, BuffersAreAlignedToTheirType) {
    SafetensorsWriter writer = sample();
    const SafetensorsFile file(writer.bytes(), "memory");
    const auto whole = writer.bytes();
    std::uint64_t header = 0;
    std::memcpy(&header, whole.data(), sizeof(header));
    EXPECT_EQ(header % 8, 0U);
    for (const auto& [name, entry] : file.entries()) {
        EXPECT_EQ(entry.begin % baldwin::size_of(entry.dtype), 0U) << name;
    }
}

TEST(CoreSafetensors, FileAndMemoryHoldTheSameBytes) {
    const TemporaryFolder folder;
    sample().write(folder / "a");
    EXPECT_EQ(baldwin::read_file(folder / "a"), sample().bytes());
}

TEST(CoreSafetensors, ConvertsWhenAsked) {
    const SafetensorsFile file(sample().bytes(), "memory");
    EXPECT_EQ(file.as<double>("weights")(0, 0), 1.5);
    EXPECT_EQ(file.as<int>("step")(), -3);
    EXPECT_EQ(file.as<float>("flag")(), 1.0F);
}

TEST(CoreSafetensors, ReadsTheReferenceNetworks) {
    const std::string folder = BALDWIN_GOLDEN_DIR;
    const auto mlp = baldwin::read_safetensors(folder + "/lrp_mlp.safetensors");
    EXPECT_EQ(mlp.tensor<double>("x", {4, 8}).size(), 32U);
    EXPECT_EQ(mlp.tensor<double>("p0_weight", {16, 8}).size(), 128U);
    EXPECT_EQ(mlp.entry("spec").dtype, Dtype::i64);
    for (const char* name : {"lrp_cnn", "lrp_bn", "lrp_res", "lrp_attention"}) {
        SCOPED_TRACE(name);
        EXPECT_GT(baldwin::read_safetensors(folder + "/" + name + ".safetensors").entries().size(),
                  10U);
    }
}

TEST(CoreSafetensors, MissingOrMismatchedTensorsAreNamed) {
    const SafetensorsFile file(sample().bytes(), "run/model");
    EXPECT_EQ(message_of<std::runtime_error>([&] { return file.tensor<float>("bias"); }),
              "run/model: tensor 'bias' is missing");
    EXPECT_EQ(message_of<std::runtime_error>([&] { return file.tensor<double>("weights"); }),
              "run/model: tensor 'weights' has type F32, F64 is needed");
    EXPECT_EQ(message_of<std::runtime_error>([&] {
                  return file.tensor<float>("weights", {3, 2});
              }),
              "run/model: tensor 'weights' has shape (2, 3), (3, 2) is needed");
    EXPECT_EQ(message_of<std::runtime_error>([&] { return file.value<float>("weights"); }),
              "run/model: tensor 'weights' has shape (2, 3), 1 elements are needed");
    EXPECT_EQ(message_of<std::runtime_error>([&] { return file.text("author"); }),
              "run/model: metadata 'author' is missing");
}

TEST(CoreSafetensors, ABoolIsZeroOrOne) {
    const auto bytes = raw_file(R"({"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}})", "\2");
    const SafetensorsFile file(bytes, "f");
    EXPECT_THROW(static_cast<void>(file.value<bool>("a")), std::runtime_error);
    EXPECT_THROW(static_cast<void>(file.as<float>("a")), std::runtime_error);
}

TEST(CoreSafetensors, WriterRefusesNamesItCannotStore) {
    SafetensorsWriter writer;
    writer.add_value("a", 1.0F);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { writer.add_value("a", 1.0F); }),
              "SafetensorsWriter: names must differ, got 'a' twice");
    EXPECT_EQ(message_of<std::invalid_argument>([&] { writer.add_value("__metadata__", 1.0F); }),
              "SafetensorsWriter: the name '__metadata__' is reserved");
    writer.metadata["k"] = "\xFF";
    EXPECT_THROW(static_cast<void>(writer.bytes()), std::invalid_argument);
}

TEST(CoreSafetensors, AFailedWriteLeavesTheOldFile) {
    const TemporaryFolder folder;
    sample().write(folder / "a");
    SafetensorsWriter broken;
    broken.metadata["k"] = "\xFF";
    EXPECT_THROW(broken.write(folder / "a"), std::invalid_argument);
    EXPECT_EQ(baldwin::read_file(folder / "a"), sample().bytes());
    EXPECT_EQ(folder.count(), 1U);
}

TEST(CoreSafetensors, TruncatedFilesAreRefused) {
    const auto whole = sample().bytes();
    EXPECT_EQ(message_of([&] {
                  SafetensorsFile({whole.begin(), whole.begin() + 5}, "f");
              }),
              "f: truncated: the header size needs 8 bytes at offset 0, the file has 5 left");
    EXPECT_EQ(message_of([&] {
                  SafetensorsFile({whole.begin(), whole.begin() + 100}, "f");
              }),
              "f: truncated: the header needs " + std::to_string(whole.size() - 103) +
                  " bytes at offset 8, the file has 92 left");
    EXPECT_EQ(message_of([&] {
                  SafetensorsFile({whole.begin(), whole.end() - 1}, "f");
              }),
              "f: truncated: the header announces 95 bytes of data, the file has 94");
    EXPECT_EQ(baldwin::test::accepted_prefixes(
                  whole, [](auto bytes) { SafetensorsFile(std::move(bytes), "f"); }),
              0U);
}

TEST(CoreSafetensors, OversizedFilesAreRefused) {
    auto bytes = sample().bytes();
    bytes.push_back(std::byte{0});
    EXPECT_EQ(message_of([&] { SafetensorsFile(bytes, "f"); }),
              "f: oversized: the header announces 95 bytes of data, the file has 96");
    std::vector<std::byte> text(16, std::byte{'x'});
    EXPECT_EQ(message_of([&] { SafetensorsFile(text, "f"); }),
              "f: the header size 8680820740569200760 is above the limit of 100000000; "
              "is this a safetensors file?");
}

TEST(CoreSafetensors, HeadersThatAreNotWhatTheyMustBeAreRefused) {
    EXPECT_EQ(refusal(""), "the header must begin with '{'");
    EXPECT_EQ(refusal(" {}"), "the header must begin with '{'");
    EXPECT_TRUE(refusal("{\"a\":").starts_with("the header is not JSON: "));
    EXPECT_TRUE(refusal("{} x").starts_with("the header is not JSON: "));
    EXPECT_TRUE(refusal("{\"\xFF\":1}").starts_with("the header is not JSON: "));
    EXPECT_EQ(refusal(R"({"a":[[[[1]]]]})"), "the header is nested too deep, 3 levels are right");
    EXPECT_EQ(refusal(R"({"a":1})"), "tensor 'a' must be an object, got 1");
    EXPECT_EQ(refusal(R"({"a":{}})"), "tensor 'a' has no dtype");
    EXPECT_EQ(refusal(R"({"a":{"x":1}})"), "tensor 'a' has an unknown field 'x'");
    EXPECT_EQ(refusal(R"({"__metadata__":[]})"), "__metadata__ must be an object of texts");
    EXPECT_EQ(refusal(R"({"__metadata__":{"k":1}})"), "metadata 'k' must be a text");
    EXPECT_EQ(refusal("{}   "), "(no exception)");
}

TEST(CoreSafetensors, DuplicateNamesAreRefused) {
    const std::string one = R"({"dtype":"U8","shape":[],"data_offsets":[0,1]})";
    EXPECT_EQ(refusal(R"({"a":)" + one + R"(,"a":)" + one + "}", "x"), "the header has 'a' twice");
    EXPECT_EQ(refusal(R"({"a":{"dtype":"U8","dtype":"U8"}})"), "the header has 'dtype' twice");
}

TEST(CoreSafetensors, UnknownTypesAreRefused) {
    EXPECT_EQ(refusal(R"({"a":{"dtype":"F16","shape":[],"data_offsets":[0,2]}})", "xx"),
              "tensor 'a' has dtype \"F16\", known are BOOL U8 I8 U16 I16 U32 I32 F32 U64 I64 F64");
    EXPECT_TRUE(refusal(R"({"a":{"dtype":3,"shape":[],"data_offsets":[0,2]}})", "xx")
                    .starts_with("tensor 'a' has dtype 3, known are"));
}

TEST(CoreSafetensors, NegativeFractionalAndHugeExtentsAreRefused) {
    const auto with_shape = [](const std::string& shape) {
        return refusal(R"({"a":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":[0,4]}})",
                       "1234");
    };
    const std::string integers = ", integers from 0 to 2^64 - 1 are right";
    EXPECT_EQ(with_shape("[-1]"), "tensor 'a' has shape [-1]" + integers);
    EXPECT_EQ(with_shape("[1.0]"), "tensor 'a' has shape [1.0]" + integers);
    EXPECT_EQ(with_shape("[18446744073709551616]"),
              "tensor 'a' has shape [1.8446744073709552e+19]" + integers);
    EXPECT_EQ(with_shape("1"), "tensor 'a' has shape 1, a list is right");
    EXPECT_EQ(with_shape("[1,1,1,1,1,1,1]"), "tensor 'a' has rank 7, at most 6 is right");
    EXPECT_EQ(with_shape("[4294967296,4294967296]"),
              "tensor 'a' has shape (4294967296, 4294967296), whose size overflows");
    EXPECT_EQ(with_shape("[4611686018427387904]"),
              "tensor 'a' has shape (4611686018427387904), whose size overflows");
    EXPECT_EQ(with_shape("[2]"),
              "tensor 'a' has shape (2) of F32 = 8 bytes, but data_offsets span 4");
}

TEST(CoreSafetensors, OffsetsThatDoNotFillTheDataInOrderAreRefused) {
    const auto with_offsets = [](const std::string& a, const std::string& b) {
        return refusal(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":)" + a +
                           R"(},"b":{"dtype":"U8","shape":[2],"data_offsets":)" + b + "}}",
                       "1234");
    };
    const std::string rule = ": no gap and no overlap is allowed";
    EXPECT_EQ(with_offsets("[0,2]", "[2,4]"), "(no exception)");
    EXPECT_EQ(with_offsets("[2,4]", "[0,2]"), "(no exception)");
    EXPECT_EQ(with_offsets("[0,2]", "[1,3]"), "tensor 'b' begins at 1 where 2 is right" + rule);
    EXPECT_EQ(with_offsets("[0,2]", "[3,5]"), "tensor 'b' begins at 3 where 2 is right" + rule);
    EXPECT_EQ(with_offsets("[0,2]", "[0,2]"), "tensor 'b' begins at 0 where 2 is right" + rule);
    EXPECT_EQ(with_offsets("[2,0]", "[0,2]"),
              "tensor 'a' has data_offsets [2,0], [begin, end] with begin <= end is right");
    EXPECT_EQ(with_offsets("[0]", "[0,2]"),
              "tensor 'a' has data_offsets [0], [begin, end] with begin <= end is right");
    EXPECT_EQ(with_offsets("[0,18446744073709551615]", "[0,2]"),
              "tensor 'a' has shape (2) of U8 = 2 bytes, but data_offsets span "
              "18446744073709551615");
}

// The reader holds the file, its JSON tree (below 64 bytes for each byte of header) and the
// tensors: no single allocation may exceed that, whatever a damaged header announces.
baldwin::test::FuzzResult fuzz_reader(std::size_t rounds, std::uint64_t seed) {
    const std::vector<std::vector<std::byte>> inputs = {
        sample().bytes(), raw_file("{}", ""),
        raw_file(R"({"a":{"dtype":"I16","shape":[2,1],"data_offsets":[0,4]}})", "1234")};
    return baldwin::test::fuzz(inputs,
                               [](std::vector<std::byte> bytes) {
                                   const SafetensorsFile file(std::move(bytes), "fuzz");
                                   for (const auto& item : file.entries()) {
                                       static_cast<void>(file.as<double>(item.first));
                                   }
                               },
                               {.rounds = rounds, .seed = seed, .focus = 1200});
}

TEST(CoreSafetensors, DamagedFilesAreReadOrRefused) {
    const auto result = fuzz_reader(1500, 1);
    EXPECT_EQ(result.failure, "");
    EXPECT_GT(result.rejected, 500U);
    EXPECT_LE(result.largest_allocation, 64 * (sample().bytes().size() + 512));
}

TEST(CoreSafetensorsSlow, DamagedFilesAreReadOrRefused) {
    const auto result = fuzz_reader(60'000, 2);
    EXPECT_EQ(result.failure, "");
    EXPECT_GT(result.accepted, 10U);
    EXPECT_LE(result.largest_allocation, 64 * (sample().bytes().size() + 512));
}

} // namespace
} // namespace baldwin::safetensors_test
