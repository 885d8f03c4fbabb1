// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Counter-based random streams: every draw is a pure function of (seed, stream, index).
///
/// Philox 4x32-10 (Salmon et al. 2011). There is no state to advance and no global generator: a
/// block of draws at any offset equals the slice of the whole, in any order, on any thread. All
/// bits are class A: equal from SSE2, AVX2 and AVX-512, from any compiler and any flags short of
/// -ffast-math. Wide versions are chosen at run time.
#pragma once

#include <baldwin/core/detail/normal_fill.hpp>
#include <baldwin/core/detail/philox.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace baldwin {

/// Philox 4x32 with 10 rounds: four random words from a counter of 128 bits and a key of 64.
/// \paper Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"
/// \cost about 10 ns
[[nodiscard]] inline std::array<std::uint32_t, 4>
philox4x32(const std::array<std::uint32_t, 4>& counter, const std::array<std::uint32_t, 2>& key) {
    return detail::philox4x32(counter, key[0], key[1]);
}

/// One of 2^64 independent sequences of random numbers under a seed.
///
/// Indices are below 2^62. Three kinds of draw never share random bits: words and floats (`bits`,
/// `uniform_float`, `fill_uniform` of floats), normals, and wide ones (`wide_bits`, `uniform`,
/// `below`, `bernoulli`, `fill_uniform` of doubles). Within a kind, equal index means equal bits.
/// A value type; all members may be called from any thread.
class Stream {
public:
    explicit Stream(std::uint64_t seed, std::uint64_t stream = 0) noexcept
        : seed_(seed), stream_(stream) {}

    /// The stream with the same seed whose number is a hash of (this stream, child).
    /// Two of n substreams ever derived coincide with probability n^2 / 2^65.
    [[nodiscard]] Stream substream(std::uint64_t child) const noexcept {
        const auto low = static_cast<std::uint32_t>(child);
        const auto high = static_cast<std::uint32_t>(child >> 32);
        // the child stands in the stream's place and the stream in the block's, under another key
        const auto words =
            detail::philox4x32({static_cast<std::uint32_t>(stream_),
                                static_cast<std::uint32_t>(stream_ >> 32), low, high},
                               static_cast<std::uint32_t>(seed_) ^ kSubstreamKey,
                               static_cast<std::uint32_t>(seed_ >> 32));
        return Stream(seed_, words[0] | (std::uint64_t{words[1]} << 32));
    }

    [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
    /// The stream's number.
    [[nodiscard]] std::uint64_t id() const noexcept { return stream_; }

    /// 32 random bits.
    [[nodiscard]] std::uint32_t bits(std::uint64_t index) const noexcept {
        return source(detail::DrawKind::words)
            .block(detail::block_of(index))[detail::word_of(index)];
    }
    /// 64 random bits.
    [[nodiscard]] std::uint64_t wide_bits(std::uint64_t index) const noexcept {
        const auto words = source(detail::DrawKind::wide).block(index / 2);
        const std::size_t word = index % 2 * 2;
        return words[word] | (std::uint64_t{words[word + 1]} << 32);
    }

    /// Uniform in [0, 1), a multiple of 2^-53.
    [[nodiscard]] double uniform(std::uint64_t index) const noexcept {
        return static_cast<double>(wide_bits(index) >> 11) * 0x1p-53;
    }
    /// Uniform in [0, 1), a multiple of 2^-24.
    [[nodiscard]] float uniform_float(std::uint64_t index) const noexcept {
        return detail::uniform_of(bits(index));
    }
    /// Normal with mean 0 and variance 1, by Box and Muller's transform; |z| <= 6.56.
    [[nodiscard]] float normal(std::uint64_t index) const noexcept {
        return detail::normal_at(source(detail::DrawKind::normals), index);
    }
    /// Uniform in {0, ..., bound - 1}. The probabilities differ from 1 / bound by at most 2^-64.
    /// \throws std::invalid_argument if bound is 0
    [[nodiscard]] std::uint64_t below(std::uint64_t bound, std::uint64_t index) const {
        if (bound == 0) throw std::invalid_argument("Stream::below: bound must be >= 1, got 0");
        __extension__ using Wide = unsigned __int128;
        return static_cast<std::uint64_t>((static_cast<Wide>(wide_bits(index)) * bound) >> 64);
    }
    /// True with the given probability, to 2^-53.
    /// \throws std::invalid_argument if probability is not in [0, 1]
    [[nodiscard]] bool bernoulli(double probability, std::uint64_t index) const {
        if (!(probability >= 0 && probability <= 1)) {
            throw std::invalid_argument("Stream::bernoulli: probability must be in [0, 1], got " +
                                        std::to_string(probability));
        }
        return uniform(index) < probability;
    }

    /// out[i] = uniform_float(first_index + i).
    void fill_uniform(std::span<float> out, std::uint64_t first_index = 0) const noexcept {
        run(detail::FillUniform{}, detail::DrawKind::words, out, first_index);
    }
    /// out[i] = uniform(first_index + i).
    void fill_uniform(std::span<double> out, std::uint64_t first_index = 0) const noexcept {
        for (double& value : out) value = uniform(first_index++);
    }
    /// out[i] = normal(first_index + i).
    void fill_normal(std::span<float> out, std::uint64_t first_index = 0) const noexcept {
        run(detail::FillNormal{}, detail::DrawKind::normals, out, first_index);
    }
    /// out[i] = normal(first_index + i), the same values as in the float version.
    void fill_normal(std::span<double> out, std::uint64_t first_index = 0) const noexcept {
        std::array<float, 256> part;
        for (std::size_t i = 0; i < out.size(); i += part.size()) {
            const std::size_t count = std::min(part.size(), out.size() - i);
            fill_normal(std::span<float>(part).first(count), first_index + i);
            std::copy_n(part.begin(), count, out.begin() + static_cast<std::ptrdiff_t>(i));
        }
    }
    /// theta[i] = fma(sigma, normal(first_index + i), theta[i]): adds noise without storing it.
    /// \cost about 1 ns a value with AVX2, half of that with AVX-512
    void axpy_normal(std::span<float> theta, float sigma,
                     std::uint64_t first_index = 0) const noexcept {
        run(detail::AddNormal{sigma}, detail::DrawKind::normals, theta, first_index);
    }

    friend bool operator==(const Stream& a, const Stream& b) noexcept = default;

private:
    static constexpr std::uint32_t kSubstreamKey = 0x5AB57EA3U;

    [[nodiscard]] detail::WordSource source(detail::DrawKind kind) const noexcept {
        return {seed_, stream_, kind};
    }
    template <class Operation>
    void run(const Operation& operation, detail::DrawKind kind, std::span<float> data,
             std::uint64_t first_index) const noexcept {
        detail::on_draws(operation, source(kind), first_index, data, detail::NormalPath::automatic);
    }

    std::uint64_t seed_;
    std::uint64_t stream_;
};

/// Puts items in random order (Fisher and Yates); swap i draws index i of the stream.
/// \cost O(n), about 15 ns an item
template <class T>
void shuffle(std::span<T> items, const Stream& stream) {
    for (std::size_t i = items.size(); i-- > 1;) {
        std::swap(items[i], items[stream.below(i + 1, i)]);
    }
}

/// 0, ..., count - 1 in random order.
/// \throws std::invalid_argument if count is above 2^32
[[nodiscard]] inline std::vector<std::uint32_t> permutation(std::size_t count,
                                                            const Stream& stream) {
    if (count > (std::size_t{1} << 32)) {
        throw std::invalid_argument("permutation: count must be at most 2^32, got " +
                                    std::to_string(count));
    }
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0U);
    shuffle(std::span<std::uint32_t>(order), stream);
    return order;
}

} // namespace baldwin
