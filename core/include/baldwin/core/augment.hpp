// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Random variants of training images: shifts, mirror images, cut-out squares.
///
/// What happens to a sample in an epoch is a pure function of (stream, epoch, sample), so it does
/// not depend on the batch, its place in it, or the number of threads.
#pragma once

#include <baldwin/core/assert.hpp>
#include <baldwin/core/batches.hpp>
#include <baldwin/core/detail/pixels.hpp>
#include <baldwin/core/image_set.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/random.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>

namespace baldwin {

/// Which variants are drawn; all off by default.
struct Augmentation {
    std::size_t shift = 0;  ///< largest shift in pixels, each way; what moves in is black
    bool flip = false;      ///< left and right are swapped in every second image
    std::size_t cutout = 0; ///< side of a black square around a random pixel, pixels; 0 is none

    [[nodiscard]] bool is_on() const noexcept { return shift > 0 || flip || cutout > 0; }
};

/// What was drawn for one image: out(y, x) = in(y + dy, x' + dx) with x' = flip ? width - 1 - x :
/// x, then rows [cut_top, cut_bottom) of columns [cut_left, cut_right) are made black.
struct ImageVariant {
    std::ptrdiff_t dy = 0;
    std::ptrdiff_t dx = 0;
    bool flip = false;
    Range cut_rows;
    Range cut_columns;
};

namespace detail {

/// The part of a square of \p side around \p centre that lies in [0, extent).
inline Range cut(std::size_t centre, std::size_t side, std::size_t extent) {
    const std::size_t before = side / 2;
    return {centre - std::min(centre, before), std::min(extent, centre + side - before)};
}

} // namespace detail

/// Draws the variant of one sample in one epoch.
/// \throws std::invalid_argument if the shift is not below height and width
[[nodiscard]] inline ImageVariant draw_variant(const Augmentation& augmentation,
                                               const Stream& stream, std::uint64_t epoch,
                                               std::uint32_t sample, std::size_t height,
                                               std::size_t width) {
    if (augmentation.shift >= std::min(height, width)) {
        throw std::invalid_argument("Augmentation: shift must be below the side of the image " +
                                    std::to_string(std::min(height, width)) + ", got " +
                                    std::to_string(augmentation.shift));
    }
    constexpr std::uint64_t kDraws = 8; // numbers reserved for each sample
    const Stream draws = stream.substream(epoch);
    std::uint64_t next = sample * kDraws;
    const auto below = [&](std::size_t bound) { return draws.below(bound, next++); };
    const auto shift = static_cast<std::ptrdiff_t>(augmentation.shift);
    ImageVariant variant;
    variant.dy = static_cast<std::ptrdiff_t>(below(2 * augmentation.shift + 1)) - shift;
    variant.dx = static_cast<std::ptrdiff_t>(below(2 * augmentation.shift + 1)) - shift;
    variant.flip = below(2) == 1 && augmentation.flip;
    if (augmentation.cutout > 0) {
        variant.cut_rows = detail::cut(below(height), augmentation.cutout, height);
        variant.cut_columns = detail::cut(below(width), augmentation.cutout, width);
    }
    return variant;
}

namespace detail {

/// Writes one channel of a variant.
template <PackScalar T>
void variant_into(const ImageVariant& variant, const PixelMap<T>& map, std::size_t channel,
                  std::span<const std::uint8_t> plane, std::size_t width, T* out) {
    const auto rows = static_cast<std::ptrdiff_t>(plane.size() / width);
    const auto columns = static_cast<std::ptrdiff_t>(width);
    const auto first = std::max<std::ptrdiff_t>(0, -variant.dx);
    const auto last = std::min(columns, columns - variant.dx);
    for (std::ptrdiff_t y = 0; y < rows; ++y, out += columns) {
        const std::ptrdiff_t source = y + variant.dy;
        std::fill_n(out, width, map.zero(channel));
        if (source < 0 || source >= rows) continue;
        const auto from = static_cast<std::size_t>(source * columns + first + variant.dx);
        map.apply(channel, plane.subspan(from, static_cast<std::size_t>(last - first)),
                  out + first);
        if (variant.flip) std::reverse(out, out + columns);
        if (static_cast<std::size_t>(y) >= variant.cut_rows.begin &&
            static_cast<std::size_t>(y) < variant.cut_rows.end) {
            std::fill(out + variant.cut_columns.begin, out + variant.cut_columns.end,
                      map.zero(channel));
        }
    }
}

} // namespace detail

/// Writes normalised, augmented images one after the other, each (channels, height, width).
/// \param stream  of the augmentation; the same for the whole run
/// \param out     (samples, channels, height, width)
/// \throws std::invalid_argument as images_into and draw_variant
template <PackScalar T>
void augmented_images_into(const ImageSet& images, std::span<const std::uint32_t> samples,
                           const Normalisation& normalisation, const Augmentation& augmentation,
                           const Stream& stream, std::uint64_t epoch, std::span<T> out,
                           const Executor& executor = Executor::serial()) {
    if (!augmentation.is_on()) {
        images_into(images, samples, normalisation, out, executor);
        return;
    }
    const detail::PixelMap<T> map(normalisation.mean, normalisation.deviation);
    detail::check_batch(images, samples, map.channels(), out.size());
    const std::size_t plane = images.height() * images.width();
    detail::for_each_sample(samples, executor, [&](std::size_t i) {
        const auto image = images.image(samples[i]);
        const auto variant =
            draw_variant(augmentation, stream, epoch, samples[i], images.height(), images.width());
        for (std::size_t channel = 0; channel < images.channels(); ++channel) {
            detail::variant_into(variant, map, channel, image.subspan(channel * plane, plane),
                                 images.width(), out.data() + i * image.size() + channel * plane);
        }
    });
}

} // namespace baldwin
