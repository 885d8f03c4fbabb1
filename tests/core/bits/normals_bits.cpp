// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Prints one hash of everything in random.hpp whose bits are promised to be equal everywhere.
///
///     normals_bits portable | avx2 | avx512 | automatic
///
/// CMakeLists.txt builds this program with several compilers and flags. Exit 0 if the hash is the
/// committed one, 1 if not, 2 for a wrong argument, 77 if this CPU lacks the version asked for.

#include <baldwin/core/hash.hpp>
#include <baldwin/core/random.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using baldwin::Stream;
using baldwin::detail::DrawKind;
using baldwin::detail::NormalPath;
using baldwin::detail::WordSource;

constexpr std::string_view kGolden = "fcde1d87de8c87a5";
constexpr int kSkipped = 77;

// Chains the hashes of arrays.
class Chain {
public:
    template <class T>
    void add(const std::vector<T>& values) {
        hash_ = baldwin::hash64(std::as_bytes(std::span<const T>(values)), hash_);
    }
    [[nodiscard]] std::uint64_t value() const { return hash_; }

private:
    std::uint64_t hash_ = 0;
};

constexpr std::uint64_t kOffsets[] = {0, 1, 63, 64, 1000, (std::uint64_t{1} << 34) - 777};
constexpr std::size_t kLengths[] = {1, 17, 64, 250, 100000};

// Uniforms, normals and added noise of many blocks, by the version asked for.
void add_blocks(Chain& chain, NormalPath path) {
    for (const std::uint64_t offset : kOffsets) {
        for (const std::size_t length : kLengths) {
            const WordSource words{length * 77, offset, DrawKind::words};
            const WordSource normals{~offset, length, DrawKind::normals};
            std::vector<float> values(length);
            baldwin::detail::on_draws(baldwin::detail::FillUniform{}, words, offset, values, path);
            chain.add(values);
            baldwin::detail::on_draws(baldwin::detail::AddNormal{0.013F}, normals, offset, values,
                                      path);
            chain.add(values);
            baldwin::detail::on_draws(baldwin::detail::FillNormal{}, normals, offset, values, path);
            chain.add(values);
        }
    }
}

// What is not vectorised: single draws, integers, doubles, permutations, substreams.
void add_single_draws(Chain& chain) {
    const Stream stream = Stream(2026, 2).substream(11);
    std::vector<double> doubles;
    std::vector<std::uint64_t> integers = {stream.id()};
    for (std::uint64_t i = 0; i < 20000; ++i) {
        doubles.push_back(stream.uniform(i));
        doubles.push_back(static_cast<double>(stream.normal(i)));
        doubles.push_back(static_cast<double>(stream.uniform_float(i)));
        integers.push_back(stream.bits(i));
        integers.push_back(stream.below(i + 1, i));
        integers.push_back(stream.bernoulli(0.1, i) ? 1 : 0);
    }
    chain.add(doubles);
    chain.add(integers);
    chain.add(baldwin::permutation(10000, stream));
}

// Normals from words at the borders of exponents, quadrants and roundings.
void add_border_words(Chain& chain) {
    std::vector<float> values;
    for (std::uint32_t bit = 0; bit < 32; ++bit) {
        for (std::uint32_t other = 0; other < 32; ++other) {
            for (const std::uint32_t near :
                 {~std::uint32_t{0}, std::uint32_t{0}, std::uint32_t{1}}) {
                const auto pair = baldwin::detail::normal_pair((std::uint32_t{1} << bit) + near,
                                                               (std::uint32_t{1} << other) + near);
                values.push_back(pair.first);
                values.push_back(pair.second);
            }
        }
    }
    chain.add(values);
}

bool parse_path(std::string_view name, NormalPath& path) {
    constexpr std::string_view kNames[] = {"automatic", "portable", "avx2", "avx512"};
    constexpr NormalPath kPaths[] = {NormalPath::automatic, NormalPath::portable, NormalPath::avx2,
                                     NormalPath::avx512};
    for (std::size_t i = 0; i < 4; ++i) {
        if (name != kNames[i]) continue;
        path = kPaths[i];
        return true;
    }
    return false;
}

} // namespace

int main(int argc, char** argv) {
    NormalPath path = NormalPath::automatic;
    if (argc != 2 || !parse_path(argv[1], path)) {
        std::fprintf(stderr, "normals_bits: one argument: automatic, portable, avx2 or avx512\n");
        return 2;
    }
    if (!baldwin::detail::has_path(path)) {
        std::printf("skipped: this CPU has no %s\n", argv[1]);
        return kSkipped;
    }
    Chain chain;
    add_blocks(chain, path);
    add_single_draws(chain);
    add_border_words(chain);
    const std::string hash = baldwin::hash_hex(chain.value());
    std::printf("%s\n", hash.c_str());
    if (hash == kGolden) return 0;
    std::fprintf(stderr, "normals_bits: the hash must be %s\n", kGolden.data());
    return 1;
}
