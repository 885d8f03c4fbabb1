// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Bytes to normalised numbers, and exact sums over bytes.
#pragma once

#include <baldwin/core/assert.hpp>
#include <baldwin/core/image_set.hpp>
#include <baldwin/core/parallel.hpp>
#include <baldwin/core/simd.hpp>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baldwin::detail {

/// Count, sum and sum of squares of bytes in integers: no rounding, any order.
class PixelSums {
public:
    void add(std::span<const std::uint8_t> pixels) {
        // 2^16 squares of bytes fit 32 bits, which vectorises better
        for (std::size_t at = 0; at < pixels.size(); at += kBlock) {
            std::uint32_t sum = 0;
            std::uint32_t squares = 0;
            const auto block = pixels.subspan(at, std::min(kBlock, pixels.size() - at));
            for (const std::uint32_t pixel : block) {
                sum += pixel;
                squares += pixel * pixel;
            }
            sum_ += sum;
            squares_ += squares;
        }
        count_ += pixels.size();
    }
    [[nodiscard]] double mean() const {
        return static_cast<double>(sum_) / static_cast<double>(count_);
    }
    /// Square root of (n sum x^2 - (sum x)^2) / n^2, with the numerator exact in 128 bits.
    [[nodiscard]] double deviation() const {
        __extension__ using Wide = unsigned __int128;
        const Wide spread = Wide{count_} * squares_ - Wide{sum_} * sum_;
        const auto n = static_cast<double>(count_);
        return std::sqrt(static_cast<double>(spread)) / n;
    }

private:
    static constexpr std::size_t kBlock = 1U << 16;
    std::uint64_t count_ = 0;
    std::uint64_t sum_ = 0;
    std::uint64_t squares_ = 0;
};

/// value = pixel * scale + shift, per channel; every pixel passes the same vector code, so its
/// value does not depend on where it lies.
template <PackScalar T>
class PixelMap {
public:
    static constexpr std::size_t kMaxChannels = 16;

    /// \throws std::invalid_argument if the sizes differ, there are no or too many channels, or a
    ///         deviation is not above 0
    PixelMap(std::span<const double> mean, std::span<const double> deviation)
        : channels_(mean.size()) {
        if (channels_ == 0 || channels_ > kMaxChannels || deviation.size() != channels_) {
            throw std::invalid_argument(
                "Normalisation: mean and deviation must have one entry for each of at most 16 "
                "channels, got " +
                std::to_string(mean.size()) + " and " + std::to_string(deviation.size()));
        }
        for (std::size_t channel = 0; channel < channels_; ++channel) {
            if (!(deviation[channel] > 0.0)) {
                throw std::invalid_argument("Normalisation: deviation must be > 0, got " +
                                            std::to_string(deviation[channel]));
            }
            scale_[channel] = static_cast<T>(1.0 / (255.0 * deviation[channel]));
            shift_[channel] = static_cast<T>(-mean[channel] / deviation[channel]);
        }
    }

    [[nodiscard]] std::size_t channels() const noexcept { return channels_; }
    /// What a pixel of value 0 becomes.
    [[nodiscard]] T zero(std::size_t channel) const { return shift_[channel]; }

    void apply(std::size_t channel, std::span<const std::uint8_t> pixels, T* out) const {
        const auto scale = broadcast(scale_[channel]);
        const auto shift = broadcast(shift_[channel]);
        constexpr std::size_t kStep = kLanes<T>;
        const std::size_t whole = pixels.size() / kStep * kStep;
        for (std::size_t at = 0; at < whole; at += kStep) {
            store(out + at, fma(numbers(pixels.data() + at), scale, shift));
        }
        if (whole == pixels.size()) return;
        std::array<std::uint8_t, kStep> rest{};
        std::copy(pixels.begin() + static_cast<std::ptrdiff_t>(whole), pixels.end(), rest.begin());
        store_partial(out + whole, fma(numbers(rest.data()), scale, shift), pixels.size() - whole);
    }

private:
    [[gnu::always_inline]] static Pack<T> numbers(const std::uint8_t* pixels) {
#if defined(__AVX2__)
        // GCC 12 splits the general form below into halves
        if constexpr (std::same_as<T, float>) {
            std::int64_t eight = 0;
            std::memcpy(&eight, pixels, sizeof(eight));
            return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_cvtsi64_si128(eight)));
        }
#endif
        typedef std::uint8_t Bytes __attribute__((vector_size(kLanes<T>)));
        Bytes bytes;
        std::memcpy(&bytes, pixels, sizeof(bytes));
        return __builtin_convertvector(__builtin_convertvector(bytes, IntegerPack<T>), Pack<T>);
    }

    std::size_t channels_;
    std::array<T, kMaxChannels> scale_{};
    std::array<T, kMaxChannels> shift_{};
};

/// Checks a batch that is to be filled.
inline void check_batch(const ImageSet& images, std::span<const std::uint32_t> samples,
                        std::size_t channels, std::size_t out) {
    for (const std::uint32_t sample : samples) {
        if (sample >= images.size()) {
            throw std::invalid_argument("batch: samples must be below " +
                                        std::to_string(images.size()) + ", got " +
                                        std::to_string(sample));
        }
    }
    if (channels != images.channels()) {
        throw std::invalid_argument("Normalisation: the images have " +
                                    std::to_string(images.channels()) + " channels, got " +
                                    std::to_string(channels));
    }
    if (out != samples.size() * images.image_size()) {
        throw std::invalid_argument("batch: out must hold " +
                                    std::to_string(samples.size() * images.image_size()) +
                                    " values, got " + std::to_string(out));
    }
}

/// Calls f(i) for every place of a batch, several at a time.
template <class F>
void for_each_sample(std::span<const std::uint32_t> samples, const Executor& executor, F&& f) {
    constexpr std::size_t kChunk = 32;
    const std::size_t chunks = (samples.size() + kChunk - 1) / kChunk;
    executor.chunks(chunks, [&](std::size_t chunk, std::size_t /*slot*/) {
        const std::size_t end = std::min(samples.size(), (chunk + 1) * kChunk);
        for (std::size_t i = chunk * kChunk; i < end; ++i) f(i);
    });
}

} // namespace baldwin::detail
