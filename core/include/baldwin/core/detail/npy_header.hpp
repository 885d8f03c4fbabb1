// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The header of a .npy file: magic, version, length, and a Python dictionary of three entries.
#pragma once

#include <baldwin/core/detail/byte_reader.hpp>
#include <baldwin/core/detail/payload.hpp>
#include <baldwin/core/dtype.hpp>
#include <baldwin/core/shape.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::detail {

inline constexpr std::string_view kNpyMagic = "\x93NUMPY";
/// NumPy pads headers so that the elements start on a multiple of this.
inline constexpr std::size_t kNpyAlignment = 64;

/// NumPy's name of each element type.
inline constexpr DtypeName kNpyTypes[] = {
    {Dtype::boolean, "|b1"}, {Dtype::u8, "|u1"},  {Dtype::i8, "|i1"},  {Dtype::u16, "<u2"},
    {Dtype::i16, "<i2"},     {Dtype::u32, "<u4"}, {Dtype::i32, "<i4"}, {Dtype::f32, "<f4"},
    {Dtype::u64, "<u8"},     {Dtype::i64, "<i8"}, {Dtype::f64, "<f8"}};

struct NpyHeader {
    Dtype dtype = Dtype::f32;
    Shape shape;
};

/// Parses {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }: these three entries in any
/// order, each once, and nothing else.
class NpyDictionary {
public:
    NpyDictionary(const ByteReader& file, std::string_view text) : file_(file), text_(text) {}

    NpyHeader parse() {
        expect('{');
        while (!accept('}')) {
            entry();
            if (accept(',')) continue;
            expect('}');
            break;
        }
        skip_spaces();
        if (at_ != text_.size()) fail("something after the closing '}'");
        if (!has_descr_ || !has_order_ || !has_shape_) {
            fail("an entry missing: 'descr', 'fortran_order' and 'shape' are right");
        }
        return header_;
    }

private:
    [[noreturn]] void fail(const std::string& reason) const {
        file_.fail("the header has " + reason + ", at character " + std::to_string(at_));
    }
    void skip_spaces() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    }
    bool accept(char wanted) {
        skip_spaces();
        if (at_ == text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }
    void expect(char wanted) {
        if (!accept(wanted)) fail("no '" + std::string(1, wanted) + "' where one is needed");
    }
    std::string_view string() {
        skip_spaces();
        const char quote = at_ < text_.size() ? text_[at_] : '\0';
        if (quote != '\'' && quote != '"') fail("no text where one is needed");
        const std::size_t begin = at_ + 1;
        const std::size_t end = text_.find(quote, begin);
        if (end == std::string_view::npos) fail("a text without an end");
        at_ = end + 1;
        return text_.substr(begin, end - begin);
    }
    void once(bool& seen, std::string_view key) const {
        if (seen) fail("'" + std::string(key) + "' twice");
        seen = true;
    }
    void entry() {
        const auto key = string();
        expect(':');
        if (key == "descr") {
            once(has_descr_, key);
            descr();
        } else if (key == "fortran_order") {
            once(has_order_, key);
            order();
        } else if (key == "shape") {
            once(has_shape_, key);
            shape();
        } else {
            fail("an unknown entry '" + std::string(key.substr(0, 40)) + "'");
        }
    }
    void descr() {
        const auto name = string();
        std::string known;
        for (const auto& type : kNpyTypes) {
            if (type.name == name) {
                header_.dtype = type.dtype;
                return;
            }
            known += " " + std::string(type.name);
        }
        fail("element type '" + std::string(name.substr(0, 40)) + "', known are" + known);
    }
    void order() {
        skip_spaces();
        const auto rest = text_.substr(at_);
        if (rest.starts_with("True")) {
            file_.fail("is in Fortran order, C order is needed "
                       "(numpy.save(path, numpy.ascontiguousarray(a)))");
        }
        if (!rest.starts_with("False")) fail("a 'fortran_order' that is not False");
        at_ += 5;
    }
    void shape() {
        std::vector<std::size_t> extents;
        expect('(');
        while (!accept(')')) {
            extents.push_back(integer());
            if (extents.size() > Shape::kMaxRank) fail("a rank above 6");
            if (accept(',')) continue;
            // one extent needs its comma: (3) is a number, (3,) a tuple
            if (extents.size() == 1) fail("a shape that is not a tuple");
            expect(')');
            break;
        }
        header_.shape = Shape(std::span<const std::size_t>(extents));
    }
    std::size_t integer() {
        skip_spaces();
        const std::size_t begin = at_;
        std::size_t value = 0;
        for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
            const auto digit = static_cast<std::size_t>(text_[at_] - '0');
            if (value > (std::numeric_limits<std::size_t>::max() - digit) / 10) {
                fail("an extent above 2^64 - 1");
            }
            value = 10 * value + digit;
        }
        if (at_ == begin) fail("an extent that is not an integer >= 0");
        return value;
    }

    const ByteReader& file_;
    std::string_view text_;
    std::size_t at_ = 0;
    NpyHeader header_;
    bool has_descr_ = false;
    bool has_order_ = false;
    bool has_shape_ = false;
};

/// Checks everything before the elements, and their size; leaves \p file at the elements.
inline NpyHeader read_npy_header(ByteReader& file) {
    if (file.text(kNpyMagic.size(), "the magic number") != kNpyMagic) {
        file.fail("is not a .npy file: it must begin with the bytes 93 4E 55 4D 50 59");
    }
    const unsigned major = file.little_endian<std::uint8_t>("the version");
    const unsigned minor = file.little_endian<std::uint8_t>("the version");
    if (major < 1 || major > 3 || minor != 0) {
        file.fail("has version " + std::to_string(major) + "." + std::to_string(minor) +
                  ", 1.0, 2.0 or 3.0 is right");
    }
    const std::size_t length = major == 1 ? file.little_endian<std::uint16_t>("the header length")
                                          : file.little_endian<std::uint32_t>("the header length");
    const auto text = file.text(length, "the header");
    const NpyHeader header = NpyDictionary(file, text).parse();
    check_payload(file, header.shape, size_of(header.dtype));
    return header;
}

/// Elements of type bool must be 0 or 1: another byte would not be a valid bool.
inline void check_npy_bools(ByteReader file, const NpyHeader& header) {
    if (header.dtype != Dtype::boolean) return;
    for (const std::byte byte : file.take(file.left(), "the elements")) {
        if (std::to_integer<unsigned>(byte) > 1) {
            file.fail("has a bool of " + std::to_string(std::to_integer<unsigned>(byte)) +
                      ", 0 or 1 is right");
        }
    }
}

/// Everything before the elements, as numpy.save writes it in version 1.0.
inline std::string npy_header_text(Dtype dtype, const Shape& shape) {
    const auto* type = std::find_if(std::begin(kNpyTypes), std::end(kNpyTypes),
                                    [&](const auto& entry) { return entry.dtype == dtype; });
    std::string tuple = to_string(shape);
    if (shape.rank() == 1) tuple.insert(tuple.size() - 1, ",");
    std::string text = "{'descr': '" + std::string(type->name) +
                       "', 'fortran_order': False, 'shape': " + tuple + ", }";
    const std::size_t fixed = kNpyMagic.size() + 4;
    const std::size_t used = fixed + text.size() + 1;
    text.append((kNpyAlignment - used % kNpyAlignment) % kNpyAlignment, ' ');
    text += '\n';
    std::string header(kNpyMagic);
    header += '\1';
    header += '\0';
    header += static_cast<char>(text.size() & 0xFF);
    header += static_cast<char>(text.size() >> 8);
    return header + text;
}

} // namespace baldwin::detail
