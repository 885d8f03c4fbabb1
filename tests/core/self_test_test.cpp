// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/self_test.hpp>

#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace baldwin::self_test_test {
namespace {

// The constant is part of the format of runs: what it covers was computed by g++ and clang, by the
// portable, AVX2 and AVX-512 versions alike (tests/core/bits).
TEST(CoreSelfTest, RandomBitsAreThoseOfEveryBuild) {
    EXPECT_EQ(baldwin::self_test().random, baldwin::kExpectedRandomBits);
}

TEST(CoreSelfTest, IsTheSameEachTimeAndOnEachThread) {
    const baldwin::SelfTest here = baldwin::self_test();
    std::vector<std::future<baldwin::SelfTest>> others;
    for (int i = 0; i < 4; ++i)
        others.push_back(std::async(std::launch::async, baldwin::self_test));
    for (auto& other : others) EXPECT_EQ(other.get(), here);
}

TEST(CoreSelfTest, OneHashStandsForBothClasses) {
    EXPECT_EQ(baldwin::self_test_hash(), baldwin::self_test_hash());
    EXPECT_NE(baldwin::self_test_hash(), baldwin::self_test().random);
    EXPECT_NE(baldwin::self_test_hash(), baldwin::self_test().arithmetic);
}

} // namespace
} // namespace baldwin::self_test_test
