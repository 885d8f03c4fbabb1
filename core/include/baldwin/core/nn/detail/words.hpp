// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Words with positions, and the numbers in them: what the architecture's parser reads.
#pragma once

#include <baldwin/core/nn/window.hpp>
#include <baldwin/core/shape.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace baldwin::nn::detail {

/// A word or one of the signs , ; ( ) in a text. Empty at the end of the text.
struct Word {
    std::string_view text;
    std::size_t position = 1; ///< of its first character; the first of the text is 1
};

[[noreturn]] inline void fail_at(const Word& word, const std::string& what) {
    throw std::invalid_argument("architecture: position " + std::to_string(word.position) + ": " +
                                what);
}
/// How a message shows a word.
inline std::string quoted(const Word& word) {
    return word.text.empty() ? "the end of the text" : "'" + std::string(word.text) + "'";
}

/// Cuts a text into words and signs.
inline std::vector<Word> words_of(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    constexpr std::string_view kSigns = ",;()";
    std::vector<Word> words;
    std::size_t at = text.find_first_not_of(kSpace);
    while (at != std::string_view::npos) {
        std::size_t end = at + 1;
        if (kSigns.find(text[at]) == std::string_view::npos) {
            end = std::min(text.find_first_of(" \t\r\n,;()", at), text.size());
        }
        words.push_back({text.substr(at, end - at), at + 1});
        at = text.find_first_not_of(kSpace, end);
    }
    words.push_back({{}, text.size() + 1});
    return words;
}

/// Reads all of \p text as a number; false if it is none.
template <class N>
bool read_number(std::string_view text, N& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}
/// The largest count or extent in a text: its product with Layout::kMostSize does not overflow.
inline constexpr std::size_t kMostCount = std::size_t{1} << 27U;
/// Reads a whole number up to kMostCount.
inline bool read_count(std::string_view text, std::size_t& count) {
    return read_number(text, count) && count <= kMostCount;
}
/// Reads "3", "3x4", "3x4x5" ... : at most six numbers.
inline bool read_extents(std::string_view text, std::vector<std::size_t>& extents) {
    while (true) {
        const std::size_t cross = std::min(text.find('x'), text.size());
        std::size_t extent = 0;
        if (!read_count(text.substr(0, cross), extent)) return false;
        extents.push_back(extent);
        if (cross == text.size()) return extents.size() <= Shape::kMaxRank;
        text.remove_prefix(cross + 1);
    }
}
/// Reads "3" (both) or "3x4".
inline bool read_extent2(std::string_view text, Extent2& extent) {
    std::vector<std::size_t> extents;
    if (!read_extents(text, extents) || extents.size() > 2) return false;
    extent = {extents.front(), extents.back()};
    return true;
}

/// The words after a layer's name, read from the left.
class Words {
public:
    /// An attribute that may follow, in any order.
    struct Option {
        std::string_view word;
        std::function<void()> read;
    };

    Words(const std::vector<Word>& words, std::size_t& next, Word layer)
        : words_(words), next_(next), layer_(layer) {}

    /// The word to come; a sign or the end if there is none.
    [[nodiscard]] const Word& peek() const { return words_[next_]; }
    [[nodiscard]] bool is_done() const {
        const std::string_view text = peek().text;
        return text.empty() || text == "," || text == ";" || text == "(" || text == ")";
    }
    /// A whole number >= 0.
    [[nodiscard]] std::size_t count(std::string_view what) {
        return take<std::size_t>(what, "a whole number up to " + std::to_string(kMostCount),
                                 read_count);
    }
    [[nodiscard]] double number(std::string_view what) {
        const Word word = peek();
        const auto value = take<double>(what, "a number", read_number<double>);
        if (!std::isfinite(value)) fail(word, what, "a finite number");
        return value;
    }
    [[nodiscard]] Extent2 extent2(std::string_view what) {
        return take<Extent2>(what, "extents such as 3 or 3x5", read_extent2);
    }
    [[nodiscard]] Shape shape(std::string_view what) {
        const auto extents =
            take<std::vector<std::size_t>>(what, "extents such as 28x28", read_extents);
        return Shape(std::span<const std::size_t>(extents));
    }
    /// A window such as 8x8/4: kernel and, after the slash, stride.
    void window(WindowRule& rule) {
        const Word word = peek();
        const std::size_t slash = std::min(word.text.find('/'), word.text.size());
        const bool has_stride = slash < word.text.size();
        if (is_done() || !read_extent2(word.text.substr(0, slash), rule.kernel) ||
            (has_stride && !read_extent2(word.text.substr(slash + 1), rule.stride))) {
            fail(word, "a window", "kernel and stride such as 3x3 or 8x8/4");
        }
        ++next_;
    }
    /// Reads options until the layer ends.
    void options(std::initializer_list<Option> options) {
        while (!is_done()) {
            const Word word = words_[next_++];
            const Option* found = nullptr;
            for (const Option& option : options) {
                if (option.word == word.text) found = &option;
            }
            if (found == nullptr) fail_unknown(word, options);
            found->read();
        }
    }
    [[noreturn]] void fail(const Word& word, std::string_view what, std::string_view form) const {
        fail_at(word, "'" + std::string(layer_.text) + "' needs " + std::string(what) + ", " +
                          std::string(form) + ", got " + quoted(word));
    }

private:
    template <class V, class Read>
    V take(std::string_view what, std::string_view form, const Read& read) {
        const Word word = peek();
        V value{};
        if (is_done() || !read(word.text, value)) fail(word, what, form);
        ++next_;
        return value;
    }
    [[noreturn]] void fail_unknown(const Word& word, std::initializer_list<Option> options) const {
        std::string known;
        for (const Option& option : options) {
            known += (known.empty() ? "" : ", ") + std::string(option.word);
        }
        const std::string layer = "'" + std::string(layer_.text) + "'";
        if (known.empty()) fail_at(word, layer + " ends before " + quoted(word) + ", expected ','");
        fail_at(word, "unknown option " + quoted(word) + " of " + layer + ", known: " + known);
    }

    const std::vector<Word>& words_;
    std::size_t& next_;
    Word layer_;
};

/// The shortest text that reads back as the same number.
inline std::string to_text(double number) {
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    return {text.data(), end};
}
inline std::string to_text(const Extent2& extent) {
    return std::to_string(extent.height) + "x" + std::to_string(extent.width);
}

} // namespace baldwin::nn::detail
