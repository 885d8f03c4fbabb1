// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A folder for a test's files, removed with its content when the test ends.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace baldwin::test {

/// An empty folder of its own; removed on destruction.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "baldwin-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
        return path_ / name;
    }
    /// Number of files and folders inside, hidden ones too.
    [[nodiscard]] std::size_t count() const {
        std::size_t entries = 0;
        for (const auto& entry : std::filesystem::directory_iterator(path_)) {
            static_cast<void>(entry);
            ++entries;
        }
        return entries;
    }

private:
    std::filesystem::path path_;
};

} // namespace baldwin::test
