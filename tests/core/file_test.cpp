// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/core/file.hpp>

#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

namespace baldwin::file_test {
namespace {

using baldwin::test::message_of;
using baldwin::test::TemporaryFolder;

/// A limit on the size of files that stands for a full disk: writing beyond it fails.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &old_);
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{bytes, old_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &old_);
        std::signal(SIGXFSZ, handler_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    rlimit old_{};
    void (*handler_)(int) = nullptr;
};

TEST(CoreFile, ReadsBackWhatWasWritten) {
    const TemporaryFolder folder;
    for (const std::size_t size : {0U, 1U, 4095U, 4096U, 100'000U}) {
        SCOPED_TRACE(size);
        std::string text(size, 'x');
        for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 37);
        baldwin::write_text(folder / "a", text, baldwin::Sync::no);
        EXPECT_EQ(baldwin::read_text(folder / "a"), text);
        EXPECT_EQ(baldwin::read_file(folder / "a").size(), size);
    }
    EXPECT_EQ(folder.count(), 1U);
}

TEST(CoreFile, ReadsFilesThatAnnounceNoSize) {
    EXPECT_FALSE(baldwin::read_text("/proc/self/status").empty());
}

TEST(CoreFile, ReadErrorsNamePathAndReason) {
    const TemporaryFolder folder;
    const auto missing = folder / "missing";
    EXPECT_EQ(message_of<std::runtime_error>([&] { return baldwin::read_file(missing); }),
              missing.string() + ": cannot be opened: No such file or directory");
    EXPECT_EQ(message_of<std::runtime_error>([&] { return baldwin::read_file(folder.path()); }),
              folder.path().string() + ": cannot be read: Is a directory");
}

TEST(CoreFile, RefusesFilesAboveTheLimit) {
    const TemporaryFolder folder;
    baldwin::write_text(folder / "a", "12345");
    EXPECT_EQ(baldwin::read_file(folder / "a", 5).size(), 5U);
    EXPECT_EQ(message_of<std::runtime_error>([&] { return baldwin::read_file(folder / "a", 4); }),
              (folder / "a").string() + ": has 5 bytes or more, the limit is 4");
    EXPECT_THROW(baldwin::read_file("/dev/zero", 10'000), std::runtime_error);
}

TEST(CoreFile, WriteErrorsNamePathAndReason) {
    const TemporaryFolder folder;
    const auto nowhere = folder / "no/such/folder";
    EXPECT_EQ(message_of<std::runtime_error>([&] { baldwin::write_text(nowhere, "x"); }),
              nowhere.string() + ": cannot be written: No such file or directory");
    EXPECT_EQ(message_of<std::runtime_error>([&] { baldwin::write_text(folder.path(), "x"); }),
              folder.path().string() + ": cannot be written: it is not a regular file");
    EXPECT_THROW(baldwin::write_text("/dev/null", "x"), std::runtime_error);
    EXPECT_THROW(baldwin::write_text("", "x"), std::runtime_error);
    EXPECT_EQ(folder.count(), 0U);
}

TEST(CoreFile, AFullDiskLeavesTheOldFileAndNothingElse) {
    const TemporaryFolder folder;
    const auto path = folder / "checkpoint";
    baldwin::write_text(path, "old");
    const FullDisk full(4096);
    EXPECT_EQ(
        message_of<std::runtime_error>([&] { baldwin::write_text(path, std::string(9999, 'n')); }),
        path.string() + ": cannot be written: File too large");
    EXPECT_EQ(baldwin::read_text(path), "old");
    EXPECT_EQ(folder.count(), 1U);
}

TEST(CoreFile, WithoutCommitNothingChanges) {
    const TemporaryFolder folder;
    baldwin::write_text(folder / "a", "old");
    {
        baldwin::AtomicFile file(folder / "a");
        file.write("new");
        EXPECT_EQ(folder.count(), 2U);
        EXPECT_EQ(baldwin::read_text(folder / "a"), "old");
    }
    EXPECT_EQ(baldwin::read_text(folder / "a"), "old");
    EXPECT_EQ(folder.count(), 1U);
}

TEST(CoreFile, ALinkGoesOnPointingAtTheNewContent) {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder / "real");
    baldwin::write_text(folder / "real/a", "old");
    std::filesystem::create_symlink("real/a", folder / "link");
    baldwin::write_text(folder / "link", "new");
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
    EXPECT_EQ(baldwin::read_text(folder / "real/a"), "new");
    std::filesystem::create_symlink("gone", folder / "broken");
    EXPECT_THROW(baldwin::write_text(folder / "broken", "new"), std::runtime_error);
}

TEST(CoreFile, NewFilesFollowTheUmask) {
    const TemporaryFolder folder;
    const auto old = ::umask(027);
    baldwin::write_text(folder / "a", "x");
    ::umask(old);
    struct stat status {};
    ASSERT_EQ(::stat((folder / "a").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST(CoreFile, LeftoversOfKilledWritersAreRemovedAndNothingElse) {
    const TemporaryFolder folder;
    const auto path = folder / "checkpoint.safetensors";
    baldwin::write_text(path, "old");
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        baldwin::AtomicFile file(path);
        file.write("new");
        ::raise(SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    baldwin::write_text(folder / ".checkpoint.safetensors.mine.tmp", "kept");
    EXPECT_EQ(folder.count(), 3U);
    EXPECT_EQ(baldwin::remove_temporaries(path), 1U);
    EXPECT_EQ(folder.count(), 2U);
    EXPECT_EQ(baldwin::read_text(path), "old");
}

} // namespace
} // namespace baldwin::file_test
