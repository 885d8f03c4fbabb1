// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A window on an exhibit, and scenes as PNG pictures: what replay needs SFML for.
#pragma once

#include <baldwin/app/main.hpp>
#include <baldwin/core/exhibit.hpp>
#include <baldwin/core/scene.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace baldwin::app {

/// Why there can be no window: no display, or no SFML in this program; empty if there can be one.
[[nodiscard]] std::string window_obstacle();

/// Shows an exhibit in a window until it is closed.
/// \pre window_obstacle() is empty
ExitCode show_exhibit(const Exhibit& exhibit, std::uint64_t seed, const std::string& title);

/// Writes scenes as 00000000.png, 00000001.png, ... of a folder; without letters in a program
/// without SFML or on a machine without a font.
class PictureWriter {
public:
    /// \param width, height  pixels
    /// \throws std::runtime_error if the folder cannot be made, or there is no display and none can
    ///         be made
    PictureWriter(std::filesystem::path folder, int width, int height);
    ~PictureWriter();
    PictureWriter(const PictureWriter&) = delete;
    PictureWriter& operator=(const PictureWriter&) = delete;

    /// \throws std::runtime_error if it cannot be written
    void write(const Scene& scene);

private:
    struct Letters;
    struct Painter;

    std::filesystem::path folder_;
    std::size_t pictures_ = 0;
    std::unique_ptr<Painter> painter_;
};

} // namespace baldwin::app
