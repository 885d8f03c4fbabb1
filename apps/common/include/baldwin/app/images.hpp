// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The image data set that --data names.
#pragma once

#include <baldwin/app/common_options.hpp>
#include <baldwin/app/main.hpp>
#include <baldwin/io/dataset.hpp>

#include <filesystem>

namespace baldwin::app {

/// Makes a relative folder of data absolute: it would be another one when the run is resumed from
/// elsewhere. The name of a known data set stays as it is.
inline void make_data_absolute(CommonOptions& common) {
    if (io::is_known_dataset(common.data) || !std::filesystem::is_directory(common.data)) return;
    common.data = std::filesystem::absolute(common.data).lexically_normal().string();
}

/// Reads it, and makes the option absolute.
/// \throws UsageError if there is none
inline ImageDataset load_images(CommonOptions& common) {
    make_data_absolute(common);
    return as_usage("--data", [&] { return io::load_dataset(common.data); });
}

} // namespace baldwin::app
