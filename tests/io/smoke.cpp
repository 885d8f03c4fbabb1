// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// A walk through io for the sanitizers: bytes through gzip, a picture through PNG, and both again
/// after each byte of the packed form was damaged. Exit 0 if all of it held.

#include <baldwin/core/random.hpp>
#include <baldwin/io/gzip.hpp>
#include <baldwin/io/png.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <stdexcept>
#include <vector>

namespace {

using namespace baldwin;

/// Reads every damaged copy of \p packed; readers may refuse it, nothing else.
template <class Read>
void read_damaged(const std::vector<std::byte>& packed, const Read& read) {
    for (std::size_t i = 0; i < packed.size(); ++i) {
        auto damaged = packed;
        damaged[i] ^= std::byte{0x41};
        try {
            read(damaged);
        } catch (const std::runtime_error&) {
            continue;
        }
    }
}

bool gzip_holds() {
    std::vector<std::byte> bytes(1000);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::byte>(Stream(1).bits(i) % 7);
    }
    const auto packed = io::gzip(bytes);
    read_damaged(packed, [](const auto& damaged) { (void)io::gunzip(damaged, "damaged", 4096); });
    return io::gunzip(packed, "packed") == bytes;
}

bool png_holds() {
    io::Picture picture;
    picture.width = 13;
    picture.height = 7;
    picture.channels = 3;
    picture.pixels.resize(13 * 7 * 3);
    for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
        picture.pixels[i] = static_cast<std::uint8_t>(Stream(2).bits(i));
    }
    const auto packed = io::png_bytes(picture);
    read_damaged(packed, [](const auto& damaged) { (void)io::parse_png(damaged, "damaged"); });
    return io::parse_png(packed, "packed").pixels == picture.pixels;
}

} // namespace

int main() {
    if (!gzip_holds()) return std::puts("gzip changed the bytes"), 1;
    if (!png_holds()) return std::puts("PNG changed the picture"), 1;
    return 0;
}
