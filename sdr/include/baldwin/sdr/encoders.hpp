// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Encoders: grey pictures as planes of bits.
#pragma once

#include <baldwin/core/parallel.hpp>
#include <baldwin/sdr/bit_set.hpp>
#include <baldwin/sdr/picture.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::sdr {

/// What a bit says about its place in the picture.
enum class Feature : std::uint8_t {
    threshold,   ///< there is ink: one plane
    thermometer, ///< the ink is at least so strong: a plane for each of several levels
    edges,       ///< brightness rises in this direction: a plane for each of several directions
    skeleton     ///< the middle of a stroke: one plane
};

/// How pictures become bits.
struct EncoderParameters {
    Feature feature = Feature::edges;
    bool deskew = true;          ///< upright and centred first
    bool smooth = true;          ///< edges: after a 3 x 3 blur
    std::size_t threshold = 128; ///< threshold, skeleton: least brightness of ink; in [1, 255]
    std::size_t levels = 3;      ///< thermometer: planes, thresholds evenly spread; in [1, 64]
    std::size_t directions = 8;  ///< edges: 4 or 8, the first towards rising columns
    std::size_t contrast = 20;   ///< edges: least change of brightness over two pixels; in [1, 360]
    friend bool operator==(const EncoderParameters& a, const EncoderParameters& b) = default;
};

/// \throws std::invalid_argument if a value is out of range
inline void check(const EncoderParameters& p) {
    const auto require = [](bool is_right, const char* name, const char* range, std::size_t value) {
        if (is_right) return;
        throw std::invalid_argument(std::string("sdr::EncoderParameters: ") + name + " must be " +
                                    range + ", got " + std::to_string(value));
    };
    require(p.threshold >= 1 && p.threshold <= 255, "threshold", "in [1, 255]", p.threshold);
    require(p.levels >= 1 && p.levels <= 64, "levels", "in [1, 64]", p.levels);
    require(p.directions == 4 || p.directions == 8, "directions", "4 or 8", p.directions);
    require(p.contrast >= 1 && p.contrast <= 360, "contrast", "in [1, 360]", p.contrast);
}

namespace detail {

/// Which of 4 or 8 directions a gradient points to: 0 is +x, then towards +y. Exact: the border
/// at 22.5 degrees is ay < (sqrt(2) - 1) ax, that is (ax + ay)^2 < 2 ax^2.
[[nodiscard]] inline std::size_t direction_of(std::int64_t x, std::int64_t y,
                                              std::size_t directions) {
    const std::int64_t ax = x < 0 ? -x : x;
    const std::int64_t ay = y < 0 ? -y : y;
    if (directions == 4) {
        if (ax >= ay) return x >= 0 ? 0 : 2;
        return y >= 0 ? 1 : 3;
    }
    const std::int64_t sum = (ax + ay) * (ax + ay);
    if (sum < 2 * ax * ax) return x >= 0 ? 0 : 4;
    if (sum < 2 * ay * ay) return y >= 0 ? 2 : 6;
    if (x >= 0) return y >= 0 ? 1 : 7;
    return y >= 0 ? 3 : 5;
}

/// Brightness times 16, blurred or as it is.
[[nodiscard]] inline std::vector<std::int32_t> brightness16(const Picture& picture, bool smooth) {
    if (smooth) return smoothed(picture);
    std::vector<std::int32_t> result(picture.pixels.size());
    std::transform(picture.pixels.begin(), picture.pixels.end(), result.begin(),
                   [](std::uint8_t pixel) { return 16 * std::int32_t{pixel}; });
    return result;
}

} // namespace detail

/// Turns pictures of one size into sets of bits; bit (plane * rows + row) * columns + column.
class Encoder {
public:
    /// \throws std::invalid_argument if a parameter is out of range or the picture has no pixel
    Encoder(const EncoderParameters& parameters, const PictureSize& size)
        : parameters_(parameters), size_(size) {
        check(parameters_);
        if (size_.pixels() == 0) {
            throw std::invalid_argument("sdr::Encoder: pictures must have a pixel at least, got " +
                                        to_string(size_));
        }
    }

    [[nodiscard]] const EncoderParameters& parameters() const noexcept { return parameters_; }
    [[nodiscard]] const PictureSize& size() const noexcept { return size_; }
    [[nodiscard]] std::size_t planes() const noexcept {
        switch (parameters_.feature) {
        case Feature::thermometer: return parameters_.levels;
        case Feature::edges: return parameters_.directions;
        case Feature::threshold:
        case Feature::skeleton: break;
        }
        return 1;
    }
    /// Bits of an encoded picture.
    [[nodiscard]] std::size_t bits() const noexcept { return planes() * size_.pixels(); }

    /// \throws std::invalid_argument if the picture has another size
    /// \cost O(pixels), about 6 us for 28 x 28 with deskew and edges
    [[nodiscard]] BitSet operator()(const Picture& picture) const {
        if (picture.size != size_) {
            throw std::invalid_argument("sdr::Encoder: pictures must be " + to_string(size_) +
                                        ", got " + to_string(picture.size));
        }
        return parameters_.deskew ? encode(deskewed(picture)) : encode(picture);
    }

private:
    [[nodiscard]] BitSet encode(const Picture& picture) const {
        switch (parameters_.feature) {
        case Feature::thermometer: return thermometer(picture);
        case Feature::edges: return edges(picture);
        case Feature::skeleton:
            return BitSet::from_bytes(
                skeleton(picture, static_cast<std::uint8_t>(parameters_.threshold)).pixels);
        case Feature::threshold: break;
        }
        BitSet bits(size_.pixels());
        add_level(bits, picture, 0, parameters_.threshold);
        return bits;
    }
    static void add_level(BitSet& bits, const Picture& picture, std::size_t first,
                          std::size_t threshold) {
        for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
            if (picture.pixels[i] >= threshold) bits.set(first + i);
        }
    }
    [[nodiscard]] BitSet thermometer(const Picture& picture) const {
        BitSet result(bits());
        for (std::size_t level = 0; level < parameters_.levels; ++level) {
            const std::size_t threshold =
                std::max<std::size_t>(1, 256 * (level + 1) / (parameters_.levels + 1));
            add_level(result, picture, level * size_.pixels(), threshold);
        }
        return result;
    }
    [[nodiscard]] BitSet edges(const Picture& picture) const {
        BitSet result(bits());
        const auto grey = detail::brightness16(picture, parameters_.smooth);
        const auto least = static_cast<std::int64_t>(16 * parameters_.contrast);
        const std::size_t columns = size_.columns;
        for (std::size_t row = 1; row + 1 < size_.rows; ++row) {
            for (std::size_t column = 1; column + 1 < columns; ++column) {
                const std::size_t i = row * columns + column;
                const std::int64_t x = grey[i + 1] - grey[i - 1];
                const std::int64_t y = grey[i + columns] - grey[i - columns];
                if (x * x + y * y < least * least) continue;
                const std::size_t plane = detail::direction_of(x, y, parameters_.directions);
                result.set(plane * size_.pixels() + i);
            }
        }
        return result;
    }

    EncoderParameters parameters_;
    PictureSize size_;
};

/// Bits of \p count pictures, made in parallel.
/// \param picture  (index) -> Picture, callable from several threads
/// \throws std::invalid_argument if a picture has another size
template <class F>
[[nodiscard]] std::vector<BitSet> encode_all(const Encoder& encoder, std::size_t count, F&& picture,
                                             const Executor& executor = {}) {
    constexpr std::size_t kBlock = 64;
    std::vector<BitSet> frames(count);
    executor.chunks((count + kBlock - 1) / kBlock, [&](std::size_t chunk, std::size_t) {
        const std::size_t end = std::min(count, (chunk + 1) * kBlock);
        for (std::size_t i = chunk * kBlock; i < end; ++i) frames[i] = encoder(picture(i));
    });
    return frames;
}

} // namespace baldwin::sdr
