// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/stop.hpp>

#include <gtest/gtest.h>

#include <sys/wait.h>

#include <csignal>

namespace baldwin::stop_test {
namespace {

class CoreStop : public ::testing::Test {
protected:
    void SetUp() override { clear_stop(); }
    void TearDown() override { clear_stop(); }
};

TEST_F(CoreStop, EachSignalSetsTheFlag) {
    const StopSignals signals;
    for (const int signal : {SIGINT, SIGTERM}) {
        clear_stop();
        EXPECT_FALSE(stop_requested());
        std::raise(signal);
        EXPECT_TRUE(stop_requested()) << signal;
    }
}

TEST_F(CoreStop, ARequestSetsTheFlag) {
    request_stop();
    EXPECT_TRUE(stop_requested());
}

TEST_F(CoreStop, ASecondSignalEndsTheProcessWith130) {
    const ::pid_t child = ::fork();
    if (child == 0) {
        const StopSignals signals;
        std::raise(SIGINT);
        std::raise(SIGINT);
        ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 130);
}

TEST_F(CoreStop, TheOldHandlersComeBack) {
    struct sigaction before {};
    ::sigaction(SIGINT, nullptr, &before);
    { const StopSignals signals; }
    struct sigaction after {};
    ::sigaction(SIGINT, nullptr, &after);
    EXPECT_EQ(before.sa_handler, after.sa_handler);
}

} // namespace
} // namespace baldwin::stop_test
