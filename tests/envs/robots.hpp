// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Where Gymnasium's robot files are, for tests that need them.
#pragma once

#include <cstdlib>
#include <filesystem>

namespace baldwin::test {

/// The folder with Gymnasium's robots: $BALDWIN_DATA/mujoco, or shared/data/mujoco beside the
/// sources, which $BALDWIN_DATA names from then on; empty if they are in neither.
inline std::filesystem::path robots() {
    const auto beside = std::filesystem::path(BALDWIN_GOLDEN_DIR) / "../../../shared/data";
    if (std::filesystem::exists(beside / "mujoco")) {
        ::setenv("BALDWIN_DATA", beside.lexically_normal().c_str(), 0);
    }
    const char* data = std::getenv("BALDWIN_DATA");
    const auto folder = std::filesystem::path(data == nullptr ? "" : data) / "mujoco";
    const bool is_there = data != nullptr && std::filesystem::exists(folder / "humanoid.xml");
    return is_there ? folder : std::filesystem::path();
}

} // namespace baldwin::test
