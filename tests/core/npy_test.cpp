// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#define BALDWIN_TEST_COUNT_ALLOCATIONS

#include <baldwin/core/npy.hpp>

#include "support/errors.hpp"
#include "support/fuzz.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace baldwin::npy_test {
namespace {

using baldwin::npy_bytes;
using baldwin::parse_npy;
using baldwin::Tensor;
using baldwin::TensorView;
using baldwin::test::message_of;

/// A file with this dictionary and data.
std::vector<std::byte> raw_file(const std::string& dictionary, const std::string& data,
                                int major = 1) {
    std::string text("\x93NUMPY");
    text += static_cast<char>(major);
    text += '\0';
    for (int i = 0; i < (major == 1 ? 2 : 4); ++i) {
        text += static_cast<char>(dictionary.size() >> (8 * i));
    }
    const std::string whole = text + dictionary + data;
    const auto bytes = baldwin::bytes_of(whole);
    return {bytes.begin(), bytes.end()};
}

std::string dictionary(const std::string& descr, const std::string& shape) {
    return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
}

/// The error that this file gives when read as floats, without its origin.
std::string refusal(const std::vector<std::byte>& bytes) {
    const auto text = message_of<std::runtime_error>([&] { return parse_npy<float>(bytes, "f"); });
    return text.starts_with("f: ") ? text.substr(3) : text;
}
std::string refusal(const std::string& dictionary, const std::string& data = "") {
    return refusal(raw_file(dictionary, data));
}

template <class T>
void expect_round_trip(const Tensor<T>& tensor) {
    EXPECT_EQ(parse_npy<T>(npy_bytes(TensorView<const T>(tensor)), "memory"), tensor);
}

TEST(CoreNpy, GivesBackWhatWasWrittenForEveryType) {
    expect_round_trip<bool>({true, false});
    expect_round_trip<std::uint8_t>({0, 255});
    expect_round_trip<std::int8_t>({-128, 127});
    expect_round_trip<std::uint16_t>({65535, 0});
    expect_round_trip<std::int16_t>({-32768, 0});
    expect_round_trip<std::uint32_t>({4294967295U, 0});
    expect_round_trip<std::int32_t>({-7, 7});
    expect_round_trip<std::uint64_t>({~0ULL, 1});
    expect_round_trip<std::int64_t>({-1, 1});
    expect_round_trip<float>({{1.5F, -0.0F}, {1e-45F, 2}});
    expect_round_trip<double>({{{0.1, 2}, {3, 4}}, {{5, 6}, {7, 8}}});
}

TEST(CoreNpy, GivesBackEveryRank) {
    for (std::size_t rank = 0; rank <= baldwin::Shape::kMaxRank; ++rank) {
        const std::vector<std::size_t> extents(rank, 2);
        expect_round_trip<float>(
            baldwin::zeros<float>(baldwin::Shape(std::span<const std::size_t>(extents))));
    }
    expect_round_trip<float>(baldwin::zeros<float>({3, 0, 2}));
}

// the layout that NumPy's format page gives for numpy.array([[1, 2, 3]], '<i2'): magic, 1 0, header
// length 118 = 'v', dictionary, spaces up to 127, line break, elements
TEST(CoreNpy, WritesTheDocumentedLayout) {
    const Tensor<std::int16_t> tensor = {{1, 2, 3}};
    std::string expected("\x93NUMPY\1\0v\0", 10);
    expected += "{'descr': '<i2', 'fortran_order': False, 'shape': (1, 3), }";
    expected.resize(127, ' ');
    expected += '\n';
    expected += std::string("\1\0\2\0\3\0", 6);
    const auto bytes = baldwin::bytes_of(expected);
    EXPECT_EQ(npy_bytes(TensorView<const std::int16_t>(tensor)),
              std::vector<std::byte>(bytes.begin(), bytes.end()));
}

TEST(CoreNpy, ReadsVersionsOneToThree) {
    for (const int major : {1, 2, 3}) {
        const auto bytes = raw_file(dictionary("|u1", "(2,)"), "\1\2", major);
        EXPECT_EQ(parse_npy<std::uint8_t>(bytes, "f"), (Tensor<std::uint8_t>{1, 2}));
    }
    EXPECT_EQ(refusal(raw_file(dictionary("|u1", "(0,)"), "", 4)),
              "has version 4.0, 1.0, 2.0 or 3.0 is right");
}

TEST(CoreNpy, ReadsAnyOrderOfEntriesAndAnyQuotes) {
    const auto bytes = raw_file("{\"shape\":(1,2),'fortran_order':False,\"descr\":'|u1'}", "\1\2");
    EXPECT_EQ(parse_npy<std::uint8_t>(bytes, "f"), (Tensor<std::uint8_t>{{1, 2}}));
}

TEST(CoreNpy, ConvertsWhenAsked) {
    const Tensor<std::int32_t> tensor = {{-1, 2}};
    const auto bytes = npy_bytes(TensorView<const std::int32_t>(tensor));
    EXPECT_EQ(baldwin::parse_npy_as<double>(bytes, "f"), (Tensor<double>{{-1.0, 2.0}}));
}

TEST(CoreNpy, WritesAndReadsFiles) {
    const baldwin::test::TemporaryFolder folder;
    const Tensor<double> tensor = {1.0, 2.0};
    baldwin::write_npy(folder / "a.npy", tensor);
    EXPECT_EQ(baldwin::read_npy<double>(folder / "a.npy"), tensor);
    EXPECT_EQ(baldwin::read_npy_as<float>(folder / "a.npy"), (Tensor<float>{1.0F, 2.0F}));
    EXPECT_EQ(folder.count(), 1U);
    EXPECT_EQ(message_of([&] { return baldwin::read_npy<float>(folder / "a.npy"); }),
              (folder / "a.npy").string() + ": has elements of type F64, F32 is needed");
}

TEST(CoreNpy, WrongTypesAndOrdersAreRefused) {
    EXPECT_EQ(refusal(dictionary("<f8", "(1,)"), "12345678"),
              "has elements of type F64, F32 is needed");
    EXPECT_EQ(refusal(dictionary(">f4", "(1,)"), "1234"),
              "the header has element type '>f4', known are |b1 |u1 |i1 <u2 <i2 <u4 <i4 <f4 <u8 "
              "<i8 <f8, at character 15");
    EXPECT_EQ(refusal("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", "1234"),
              "is in Fortran order, C order is needed "
              "(numpy.save(path, numpy.ascontiguousarray(a)))");
    EXPECT_EQ(
        message_of([] { return parse_npy<bool>(raw_file(dictionary("|b1", "(1,)"), "\2"), "f"); }),
        "f: has a bool of 2, 0 or 1 is right");
}

TEST(CoreNpy, HeadersThatAreNotWhatTheyMustBeAreRefused) {
    EXPECT_EQ(refusal(std::vector<std::byte>(20)),
              "is not a .npy file: it must begin with the bytes 93 4E 55 4D 50 59");
    const auto with = [](const std::string& text) { return refusal(text, "1234"); };
    EXPECT_EQ(with(""), "the header has no '{' where one is needed, at character 0");
    EXPECT_EQ(with("{}"), "the header has an entry missing: 'descr', 'fortran_order' and 'shape' "
                          "are right, at character 2");
    EXPECT_EQ(with("{'descr': '<f4"), "the header has a text without an end, at character 10");
    EXPECT_EQ(with("{'a': 1}"), "the header has an unknown entry 'a', at character 5");
    EXPECT_EQ(with("{'descr': '<f4', 'descr': '<f4'}"),
              "the header has 'descr' twice, at character 25");
    EXPECT_EQ(with("{'descr': [('a', '<f4')]}"),
              "the header has no text where one is needed, at character 10");
    EXPECT_EQ(with("{'fortran_order': 0}"),
              "the header has a 'fortran_order' that is not False, at character 18");
    EXPECT_EQ(with(dictionary("<f4", "(1,)") + "x"),
              "the header has something after the closing '}', at character 58");
}

TEST(CoreNpy, NegativeFractionalAndOverflowingShapesAreRefused) {
    const auto with_shape = [](const std::string& shape) {
        return refusal(dictionary("<f4", shape), "1234");
    };
    EXPECT_EQ(with_shape("(1,)"), "(no exception)");
    EXPECT_EQ(with_shape("()"), "(no exception)");
    const std::string integer =
        "the header has an extent that is not an integer >= 0, at character ";
    EXPECT_EQ(with_shape("(-1,)"), integer + "51");
    EXPECT_EQ(with_shape("(1.0,)"), "the header has a shape that is not a tuple, at character 52");
    EXPECT_EQ(with_shape("(1)"), "the header has a shape that is not a tuple, at character 52");
    EXPECT_EQ(with_shape("(1,,1)"), integer + "53");
    EXPECT_EQ(with_shape("[1]"), "the header has no '(' where one is needed, at character 50");
    EXPECT_EQ(with_shape("(18446744073709551616,)"),
              "the header has an extent above 2^64 - 1, at character 70");
    EXPECT_EQ(with_shape("(1,1,1,1,1,1,1)"), "the header has a rank above 6, at character 64");
    EXPECT_EQ(with_shape("(4294967296, 4294967296)"),
              "has shape (4294967296, 4294967296), whose size overflows");
    EXPECT_EQ(with_shape("(4611686018427387905,)"),
              "has shape (4611686018427387905), whose size overflows");
}

TEST(CoreNpy, TruncatedAndOversizedFilesAreRefused) {
    EXPECT_EQ(refusal(dictionary("<f4", "(2, 1)"), "1234567"),
              "truncated: shape (2, 1) needs 8 bytes of elements, the file has 7");
    EXPECT_EQ(refusal(dictionary("<f4", "(2, 1)"), "123456789"),
              "oversized: shape (2, 1) needs 8 bytes of elements, the file has 9");
    const Tensor<float> tensor = {1.0F, 2.0F};
    const auto whole = npy_bytes(TensorView<const float>(tensor));
    EXPECT_EQ(refusal(std::vector<std::byte>(whole.begin(), whole.begin() + 50)),
              "truncated: the header needs 118 bytes at offset 10, the file has 40 left");
    EXPECT_EQ(
        baldwin::test::accepted_prefixes(
            whole, [](const auto& bytes) { static_cast<void>(parse_npy<float>(bytes, "f")); }),
        0U);
}

baldwin::test::FuzzResult fuzz_reader(std::size_t rounds, std::uint64_t seed) {
    const Tensor<float> tensor = {{1, 2, 3}, {4, 5, 6}};
    const std::vector<std::vector<std::byte>> inputs = {
        npy_bytes(TensorView<const float>(tensor)),
        raw_file(dictionary("|b1", "(2,)"), std::string("\0\1", 2), 2)};
    return baldwin::test::fuzz(
        inputs,
        [](const auto& bytes) { static_cast<void>(baldwin::parse_npy_as<double>(bytes, "fuzz")); },
        {.rounds = rounds, .seed = seed, .focus = 80});
}

// the largest elements, converted from one byte to eight, and the texts of errors
constexpr std::size_t kLargestAllocation = 8 * 512;

TEST(CoreNpy, DamagedFilesAreReadOrRefused) {
    const auto result = fuzz_reader(5000, 1);
    EXPECT_EQ(result.failure, "");
    EXPECT_GT(result.rejected, 1000U);
    EXPECT_GT(result.accepted, 10U);
    EXPECT_LE(result.largest_allocation, kLargestAllocation);
}

TEST(CoreNpySlow, DamagedFilesAreReadOrRefused) {
    const auto result = fuzz_reader(300'000, 2);
    EXPECT_EQ(result.failure, "");
    EXPECT_LE(result.largest_allocation, kLargestAllocation);
}

} // namespace
} // namespace baldwin::npy_test
