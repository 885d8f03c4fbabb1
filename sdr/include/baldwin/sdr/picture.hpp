// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Grey pictures and what is done to them before they become bits: deskew, smoothing, thinning.
///
/// All arithmetic is on whole numbers, so the bits made from a picture are the same everywhere.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::sdr {

/// Height and width of a picture, pixels.
struct PictureSize {
    std::size_t rows = 28;
    std::size_t columns = 28;

    [[nodiscard]] std::size_t pixels() const noexcept { return rows * columns; }
    friend bool operator==(const PictureSize& a, const PictureSize& b) = default;
};

/// "28 x 28"
[[nodiscard]] inline std::string to_string(const PictureSize& size) {
    return std::to_string(size.rows) + " x " + std::to_string(size.columns);
}

/// A grey picture: shape (rows, columns), row-major, 0 is ground and 255 is ink.
struct Picture {
    PictureSize size = {};
    std::vector<std::uint8_t> pixels = {};

    Picture() = default;
    /// All ground.
    explicit Picture(const PictureSize& extent) : size(extent), pixels(extent.pixels()) {}
    /// \throws std::invalid_argument if there is not one pixel for each place
    Picture(const PictureSize& extent, std::span<const std::uint8_t> values)
        : size(extent), pixels(values.begin(), values.end()) {
        if (pixels.size() == size.pixels()) return;
        throw std::invalid_argument("sdr::Picture: " + to_string(size) + " needs " +
                                    std::to_string(size.pixels()) + " pixels, got " +
                                    std::to_string(pixels.size()));
    }

    /// The pixel at a place, 0 outside.
    [[nodiscard]] std::int64_t at(std::int64_t row, std::int64_t column) const noexcept {
        const bool is_inside = row >= 0 && column >= 0 &&
                               row < static_cast<std::int64_t>(size.rows) &&
                               column < static_cast<std::int64_t>(size.columns);
        return is_inside ? pixels[static_cast<std::size_t>(row) * size.columns +
                                  static_cast<std::size_t>(column)]
                         : 0;
    }
    friend bool operator==(const Picture& a, const Picture& b) = default;
};

/// One grey pixel for each place of an image of one or three planes (red, green, blue), by the
/// usual weights of brightness.
/// \param image  shape (planes, rows, columns)
/// \throws std::invalid_argument if it has neither one nor three planes of that size
[[nodiscard]] inline Picture grey_picture(std::span<const std::uint8_t> image,
                                          const PictureSize& size) {
    const std::size_t n = size.pixels();
    if (image.size() != 3 * n) return {size, image};
    Picture grey(size);
    for (std::size_t i = 0; i < n; ++i) {
        const unsigned sum = 77U * image[i] + 150U * image[n + i] + 29U * image[2 * n + i];
        grey.pixels[i] = static_cast<std::uint8_t>(sum / 256U);
    }
    return grey;
}

namespace detail {

/// Sums over a picture, x and y in pixels from the upper left one.
struct Moments {
    std::int64_t mass = 0;
    std::int64_t x = 0;
    std::int64_t y = 0;
    std::int64_t xy = 0;
    std::int64_t yy = 0;
};

[[nodiscard]] inline Moments moments_of(const Picture& picture) {
    Moments sum;
    std::size_t i = 0;
    for (std::size_t row = 0; row < picture.size.rows; ++row) {
        for (std::size_t column = 0; column < picture.size.columns; ++column, ++i) {
            const std::int64_t ink = picture.pixels[i];
            const auto y = static_cast<std::int64_t>(row);
            const auto x = static_cast<std::int64_t>(column);
            sum.mass += ink;
            sum.x += ink * x;
            sum.y += ink * y;
            sum.xy += ink * x * y;
            sum.yy += ink * y * y;
        }
    }
    return sum;
}

/// One, in fixed point of 16 bits after the point.
inline constexpr std::int64_t kOne = 65536;

/// Slant of the ink, x per y in fixed point: the covariance of x and y over the variance of y,
/// held within one pixel per row.
[[nodiscard]] inline std::int64_t slant_of(const Moments& m) {
    __extension__ using Wide = __int128; // mass * xy can pass 2^63 in a large picture
    const Wide covariance = Wide{m.mass} * m.xy - Wide{m.x} * m.y;
    const Wide variance = Wide{m.mass} * m.yy - Wide{m.y} * m.y;
    if (variance == 0) return 0;
    if (covariance > variance) return kOne;
    if (covariance < -variance) return -kOne;
    return static_cast<std::int64_t>(covariance * kOne / variance);
}

/// The pixel at a place in fixed point, between its four neighbours.
[[nodiscard]] inline std::uint8_t between(const Picture& picture, std::int64_t y, std::int64_t x) {
    const std::int64_t row = y >> 16;
    const std::int64_t column = x >> 16;
    const std::int64_t down = (y >> 8) & 255;
    const std::int64_t right = (x >> 8) & 255;
    const std::int64_t upper =
        picture.at(row, column) * (256 - right) + picture.at(row, column + 1) * right;
    const std::int64_t lower =
        picture.at(row + 1, column) * (256 - right) + picture.at(row + 1, column + 1) * right;
    return static_cast<std::uint8_t>((upper * (256 - down) + lower * down + 32768) >> 16);
}

} // namespace detail

/// The picture with its ink upright and its centre of mass in the middle: sheared along x by the
/// slant of the ink, at most one pixel per row, and moved. An empty picture stays as it is.
/// \cost two passes over the pixels, about 3 us for 28 x 28
[[nodiscard]] inline Picture deskewed(const Picture& picture) {
    using detail::kOne;
    const detail::Moments m = detail::moments_of(picture);
    if (m.mass == 0) return picture;
    const std::int64_t slant = detail::slant_of(m);
    const std::int64_t mean_x = m.x * kOne / m.mass;
    const std::int64_t mean_y = m.y * kOne / m.mass;
    const std::int64_t middle_x = static_cast<std::int64_t>(picture.size.columns - 1) * kOne / 2;
    const std::int64_t middle_y = static_cast<std::int64_t>(picture.size.rows - 1) * kOne / 2;
    Picture result(picture.size);
    std::size_t i = 0;
    for (std::size_t row = 0; row < picture.size.rows; ++row) {
        const std::int64_t from_middle = static_cast<std::int64_t>(row) * kOne - middle_y;
        const std::int64_t y = from_middle + mean_y;
        // the product has 32 bits after the point
        const std::int64_t start = mean_x - middle_x + slant * from_middle / kOne;
        for (std::size_t column = 0; column < picture.size.columns; ++column, ++i) {
            const std::int64_t x = start + static_cast<std::int64_t>(column) * kOne;
            result.pixels[i] = detail::between(picture, y, x);
        }
    }
    return result;
}

/// Brightness after a 3 x 3 binomial blur, times 16: in [0, 4080], shape (rows, columns); the
/// ground goes on outside.
[[nodiscard]] inline std::vector<std::int32_t> smoothed(const Picture& picture) {
    const auto rows = static_cast<std::int64_t>(picture.size.rows);
    const auto columns = static_cast<std::int64_t>(picture.size.columns);
    std::vector<std::int32_t> across(picture.size.pixels());
    const auto place = [&](std::int64_t row, std::int64_t column) {
        return static_cast<std::size_t>(row * columns + column);
    };
    for (std::int64_t row = 0; row < rows; ++row) {
        for (std::int64_t column = 0; column < columns; ++column) {
            across[place(row, column)] = static_cast<std::int32_t>(picture.at(row, column - 1) +
                                                                   2 * picture.at(row, column) +
                                                                   picture.at(row, column + 1));
        }
    }
    std::vector<std::int32_t> result(across.size());
    for (std::int64_t row = 0; row < rows; ++row) {
        for (std::int64_t column = 0; column < columns; ++column) {
            const std::int32_t above = row > 0 ? across[place(row - 1, column)] : 0;
            const std::int32_t below = row + 1 < rows ? across[place(row + 1, column)] : 0;
            result[place(row, column)] = above + 2 * across[place(row, column)] + below;
        }
    }
    return result;
}

namespace detail {

/// The eight neighbours of a pixel from the one above, clockwise, as 0 or 1.
[[nodiscard]] inline std::array<int, 8> neighbours(const Picture& picture, std::int64_t row,
                                                   std::int64_t column) {
    constexpr std::array<std::pair<int, int>, 8> kAround = {
        {{-1, 0}, {-1, 1}, {0, 1}, {1, 1}, {1, 0}, {1, -1}, {0, -1}, {-1, -1}}};
    std::array<int, 8> found{};
    for (std::size_t i = 0; i < found.size(); ++i) {
        found[i] = picture.at(row + kAround[i].first, column + kAround[i].second) != 0 ? 1 : 0;
    }
    return found;
}

/// Whether a pixel of the border may go in the first or second half of a pass.
[[nodiscard]] inline bool may_go(const std::array<int, 8>& p, bool is_second) {
    int ink = 0;
    int rises = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
        ink += p[i];
        rises += p[i] == 0 && p[(i + 1) % 8] == 1 ? 1 : 0;
    }
    if (ink < 2 || ink > 6 || rises != 1) return false;
    const int north = p[0];
    const int east = p[2];
    const int south = p[4];
    const int west = p[6];
    return is_second ? north * east * west == 0 && north * south * west == 0
                     : north * east * south == 0 && east * south * west == 0;
}

inline bool thin_once(Picture& picture, bool is_second) {
    std::vector<std::size_t> going;
    std::size_t i = 0;
    for (std::size_t row = 0; row < picture.size.rows; ++row) {
        for (std::size_t column = 0; column < picture.size.columns; ++column, ++i) {
            if (picture.pixels[i] == 0) continue;
            const auto around = neighbours(picture, static_cast<std::int64_t>(row),
                                           static_cast<std::int64_t>(column));
            if (may_go(around, is_second)) going.push_back(i);
        }
    }
    for (const std::size_t pixel : going) picture.pixels[pixel] = 0;
    return !going.empty();
}

} // namespace detail

/// Strokes thinned to about one pixel: 255 on the skeleton, 0 elsewhere.
/// \param threshold  pixels from this brightness on are ink
/// \cost O(pixels * stroke width)
/// \paper Zhang and Suen 1984, "A fast parallel algorithm for thinning digital patterns"
[[nodiscard]] inline Picture skeleton(const Picture& picture, std::uint8_t threshold) {
    Picture result(picture.size);
    std::transform(
        picture.pixels.begin(), picture.pixels.end(), result.pixels.begin(),
        [&](std::uint8_t ink) { return static_cast<std::uint8_t>(ink >= threshold ? 255 : 0); });
    bool is_changing = true;
    while (is_changing) {
        const bool first = detail::thin_once(result, false);
        const bool second = detail::thin_once(result, true);
        is_changing = first || second;
    }
    return result;
}

} // namespace baldwin::sdr
