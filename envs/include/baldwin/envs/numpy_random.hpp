// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// NumPy's two generators, so that a seed starts an episode as it does in the public Python code.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace baldwin::envs {

namespace detail {

/// Spreads a 64-bit seed over 256 bits, as numpy.random.SeedSequence does.
/// \paper O'Neill 2015, "Developing a seed_seq alternative"
class SeedSequence {
public:
    explicit SeedSequence(std::uint64_t seed) noexcept {
        const std::array<std::uint32_t, 4> entropy = {static_cast<std::uint32_t>(seed),
                                                      static_cast<std::uint32_t>(seed >> 32), 0, 0};
        std::uint32_t factor = 0x43b0d7e5U;
        const auto hash = [&factor](std::uint32_t value) {
            value ^= factor;
            factor *= 0x931e8875U;
            value *= factor;
            return value ^ value >> 16U;
        };
        for (std::size_t i = 0; i < pool_.size(); ++i) pool_[i] = hash(entropy[i]);
        for (std::size_t from = 0; from < pool_.size(); ++from) {
            for (std::size_t to = 0; to < pool_.size(); ++to) {
                if (from != to) pool_[to] = mix(pool_[to], hash(pool_[from]));
            }
        }
    }

    /// Four words of 64 bits.
    [[nodiscard]] std::array<std::uint64_t, 4> words() const noexcept {
        std::array<std::uint64_t, 4> words{};
        std::uint32_t factor = 0x8b51f9ddU;
        for (std::size_t i = 0; i < 8; ++i) {
            std::uint32_t value = pool_[i % pool_.size()] ^ factor;
            factor *= 0x58f38dedU;
            value *= factor;
            value ^= value >> 16U;
            words[i / 2] |= std::uint64_t{value} << (i % 2 * 32);
        }
        return words;
    }

private:
    static std::uint32_t mix(std::uint32_t x, std::uint32_t y) noexcept {
        const std::uint32_t mixed = 0xca01f9ddU * x - 0x4973f715U * y;
        return mixed ^ mixed >> 16U;
    }

    std::array<std::uint32_t, 4> pool_{};
};

} // namespace detail

/// numpy.random.Generator(PCG64(SeedSequence(seed))): what Gymnasium's environments draw from.
/// \paper O'Neill 2014, "PCG: a family of simple fast space-efficient generators", XSL-RR 128/64
class NumpyGenerator {
public:
    explicit NumpyGenerator(std::uint64_t seed = 0) noexcept {
        const auto words = detail::SeedSequence(seed).words();
        increment_ = joined(words[2], words[3]) << 1U | 1U;
        advance();
        state_ += joined(words[0], words[1]);
        advance();
    }

    /// 64 random bits.
    std::uint64_t bits() noexcept {
        advance();
        const auto high = static_cast<std::uint64_t>(state_ >> 64U);
        const std::uint64_t value = high ^ static_cast<std::uint64_t>(state_);
        const unsigned turn = static_cast<unsigned>(high >> 58U);
        return value >> turn | value << (-turn & 63U);
    }
    /// Uniform in [0, 1).
    double uniform() noexcept { return static_cast<double>(bits() >> 11U) * 0x1p-53; }
    /// Uniform in [low, high).
    double uniform(double low, double high) noexcept { return low + (high - low) * uniform(); }

private:
    __extension__ using Wide = unsigned __int128;

    static Wide joined(std::uint64_t high, std::uint64_t low) noexcept {
        return Wide{high} << 64U | low;
    }
    void advance() noexcept {
        state_ = state_ * joined(2549297995355413924U, 4865540595714422341U) + increment_;
    }

    Wide state_ = 0;
    Wide increment_ = 0;
};

/// numpy.random.RandomState(seed), a Mersenne twister: what MinAtar draws from.
///
/// NumPy takes seeds below 2^32 only; a larger one counts as the list [low word, high word].
/// \paper Matsumoto & Nishimura 1998, "Mersenne twister", with their seeding of 2002
class NumpyLegacy {
public:
    explicit NumpyLegacy(std::uint64_t seed = 0) noexcept {
        const auto low = static_cast<std::uint32_t>(seed);
        const auto high = static_cast<std::uint32_t>(seed >> 32U);
        if (high == 0) {
            start(low);
        } else {
            start_from_list({low, high});
        }
    }

    /// 32 random bits.
    std::uint32_t bits() noexcept {
        if (next_ == kWords) refill();
        std::uint32_t word = state_[next_++];
        word ^= word >> 11U;
        word ^= word << 7U & 0x9d2c5680U;
        word ^= word << 15U & 0xefc60000U;
        return word ^ word >> 18U;
    }
    /// Uniform in [0, 1): rand().
    double uniform() noexcept {
        const std::uint32_t high = bits() >> 5U;
        const std::uint32_t low = bits() >> 6U;
        return (high * 67108864.0 + low) / 9007199254740992.0;
    }
    /// Uniform in {low, ..., high - 1}: randint(low, high). One value consumes nothing.
    int integer(int low, int high) noexcept {
        const auto range = static_cast<std::uint32_t>(high - 1 - low);
        if (range == 0) return low;
        std::uint32_t mask = range;
        for (const unsigned shift : {1U, 2U, 4U, 8U, 16U}) mask |= mask >> shift;
        std::uint32_t value = bits() & mask;
        while (value > range) value = bits() & mask;
        return low + static_cast<int>(value);
    }

private:
    static constexpr std::size_t kWords = 624;
    static constexpr std::size_t kShift = 397;

    void start(std::uint32_t seed) noexcept {
        state_[0] = seed;
        for (std::size_t i = 1; i < kWords; ++i) {
            const std::uint32_t last = state_[i - 1];
            state_[i] = 1812433253U * (last ^ last >> 30U) + static_cast<std::uint32_t>(i);
        }
        next_ = kWords;
    }
    // their init_by_array for a key of two words
    void start_from_list(const std::array<std::uint32_t, 2>& key) noexcept {
        start(19650218U);
        std::size_t i = 1;
        const auto stir = [&](std::uint32_t factor, std::uint32_t added) {
            const std::uint32_t last = state_[i - 1];
            state_[i] = (state_[i] ^ (last ^ last >> 30U) * factor) + added;
            if (++i == kWords) {
                state_[0] = state_[kWords - 1];
                i = 1;
            }
        };
        for (std::size_t k = 0; k < kWords; ++k) {
            const auto j = static_cast<std::uint32_t>(k % key.size());
            stir(1664525U, key[j] + j);
        }
        for (std::size_t k = 1; k < kWords; ++k) {
            stir(1566083941U, 0U - static_cast<std::uint32_t>(i));
        }
        state_[0] = 0x80000000U;
        next_ = kWords;
    }
    void refill() noexcept {
        const auto twisted = [this](std::size_t i, std::size_t after, std::size_t far) {
            const std::uint32_t joined = (state_[i] & 0x80000000U) | (state_[after] & 0x7fffffffU);
            return state_[far] ^ joined >> 1U ^ ((joined & 1U) * 0x9908b0dfU);
        };
        constexpr std::size_t kTurn = kWords - kShift;
        for (std::size_t i = 0; i < kTurn; ++i) state_[i] = twisted(i, i + 1, i + kShift);
        for (std::size_t i = kTurn; i + 1 < kWords; ++i) {
            state_[i] = twisted(i, i + 1, i - kTurn);
        }
        state_[kWords - 1] = twisted(kWords - 1, 0, kShift - 1);
        next_ = 0;
    }

    std::array<std::uint32_t, kWords> state_{};
    std::size_t next_ = kWords;
};

} // namespace baldwin::envs
