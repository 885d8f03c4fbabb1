// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/viz/mailbox.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

namespace baldwin::mailbox_test {

using baldwin::viz::Mailbox;

TEST(VizMailbox, LatestWins) {
    Mailbox<int> box;
    EXPECT_TRUE(box.empty());
    EXPECT_EQ(box.take(), nullptr);
    box.put(1);
    box.put(2);
    EXPECT_FALSE(box.empty());
    EXPECT_EQ(*box.take(), 2);
    EXPECT_EQ(box.take(), nullptr);
}

TEST(VizMailbox, FreesWhatNobodyTook) {
    const auto counted = std::make_shared<int>(7);
    {
        Mailbox<std::shared_ptr<int>> box;
        for (int i = 0; i < 3; ++i) box.put(counted);
        EXPECT_EQ(counted.use_count(), 2);
    }
    EXPECT_EQ(counted.use_count(), 1);
}

// Neither side can hold the other up: there is no lock.
TEST(VizMailbox, IsLockFree) { EXPECT_TRUE(std::atomic<int*>::is_always_lock_free); }

TEST(VizMailbox, TwoThreadsSeeValuesInOrder) {
    Mailbox<int> box;
    std::thread writer([&box] {
        for (int i = 1; i <= 20000; ++i) box.put(i);
    });
    int last = 0;
    while (last < 20000) {
        const auto value = box.take();
        if (value == nullptr) continue;
        ASSERT_GT(*value, last);
        last = *value;
    }
    writer.join();
}

} // namespace baldwin::mailbox_test
