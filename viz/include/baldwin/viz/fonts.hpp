// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Fonts of the system, found without fontconfig, or the one that BALDWIN_FONT names. Without any,
/// a window runs and shows no text.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace baldwin::viz {

/// A regular face and its bold companion; empty paths where there is none.
struct Fonts {
    std::filesystem::path regular;
    std::filesystem::path bold;
};

namespace detail {

/// File names of legible sans-serif faces, best first, regular and bold.
inline constexpr std::array<std::array<std::string_view, 2>, 7> kFaces = {
    {{"DejaVuSans.ttf", "DejaVuSans-Bold.ttf"},
     {"NotoSans-Regular.ttf", "NotoSans-Bold.ttf"},
     {"LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"},
     {"OpenSans-Regular.ttf", "OpenSans-Bold.ttf"},
     {"Roboto-Regular.ttf", "Roboto-Bold.ttf"},
     {"FreeSans.ttf", "FreeSansBold.ttf"},
     {"Arial.ttf", "Arial Bold.ttf"}}};

inline std::vector<std::filesystem::path> font_folders() {
    std::vector<std::filesystem::path> folders = {"/usr/share/fonts/truetype/dejavu",
                                                  "/usr/share/fonts", "/usr/local/share/fonts",
                                                  "/Library/Fonts", "/System/Library/Fonts"};
    if (const char* home = std::getenv("HOME")) {
        folders.insert(folders.end(), {std::filesystem::path(home) / ".fonts",
                                       std::filesystem::path(home) / ".local/share/fonts"});
    }
    return folders;
}

/// All font files below a folder; what cannot be read is left out.
inline std::vector<std::filesystem::path> font_files(const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    std::vector<fs::path> files;
    std::error_code error;
    fs::recursive_directory_iterator walk(folder, fs::directory_options::skip_permission_denied,
                                          error);
    for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
        const fs::path& path = walk->path();
        if (path.extension() == ".ttf" || path.extension() == ".otf") files.push_back(path);
    }
    std::sort(files.begin(), files.end());
    return files;
}

inline std::filesystem::path named(const std::vector<std::filesystem::path>& files,
                                   std::string_view name) {
    const auto found = std::find_if(files.begin(), files.end(),
                                    [&](const auto& path) { return path.filename() == name; });
    return found == files.end() ? std::filesystem::path() : *found;
}

} // namespace detail

/// Looks for a legible face in folders of fonts, in their order; any regular face otherwise.
/// \cost reads the folders' listings until a known face is found
inline Fonts find_fonts(const std::vector<std::filesystem::path>& folders) {
    std::vector<std::filesystem::path> seen;
    for (const auto& folder : folders) {
        const auto files = detail::font_files(folder);
        for (const auto& [regular, bold] : detail::kFaces) {
            const auto found = detail::named(files, regular);
            if (!found.empty()) return {found, detail::named(files, bold)};
        }
        seen.insert(seen.end(), files.begin(), files.end());
    }
    for (const auto& path : seen) {
        const std::string name = path.stem().string();
        const auto has = [&](const char* part) { return name.find(part) != std::string::npos; };
        if (!has("Bold") && !has("Italic") && !has("Oblique") && !has("Symbol")) return {path, {}};
    }
    return {};
}

/// The fonts to use on this system: what the environment names by BALDWIN_FONT if there is such a
/// file, else what is found.
inline Fonts system_fonts() {
    const char* wanted = std::getenv("BALDWIN_FONT");
    std::error_code error;
    if (wanted != nullptr && std::filesystem::is_regular_file(wanted, error)) return {wanted, {}};
    return find_fonts(detail::font_folders());
}

} // namespace baldwin::viz
