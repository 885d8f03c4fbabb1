// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The text form of architectures: `conv 32 8x8/4 same, relu, linear 512, relu, linear 18`.
///
/// The grammar stands in core's README. Reading what was printed gives the same architecture.
#pragma once

#include <baldwin/core/nn/architecture.hpp>
#include <baldwin/core/nn/detail/layer_text.hpp>
#include <baldwin/core/nn/detail/words.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin::nn {
namespace detail {

/// Recursive descent over the words of a text.
class Parser {
public:
    explicit Parser(std::string_view text) : words_(words_of(text)) {}

    Architecture whole() {
        Architecture layers = sequence();
        if (!peek().text.empty()) {
            fail_at(peek(), "expected ',' or the end of the text, got " + quoted(peek()));
        }
        return layers;
    }

private:
    [[nodiscard]] const Word& peek() const { return words_[next_]; }
    bool accept(std::string_view sign) {
        if (peek().text != sign) return false;
        ++next_;
        return true;
    }
    void expect(std::string_view sign) {
        if (accept(sign)) return;
        fail_at(peek(), "expected '" + std::string(sign) + "', got " + quoted(peek()));
    }
    Architecture sequence() {
        Architecture layers;
        do layers.push_back(layer());
        while (accept(","));
        return layers;
    }
    Layer layer() {
        const Word word = peek();
        if (word.text.empty() || std::string_view(",;()").find(word.text) != std::string::npos) {
            fail_at(word, "expected a layer, got " + quoted(word));
        }
        ++next_;
        if (word.text == Sequential::kName) return block(word, [this] { return sequential(); });
        if (word.text == Residual::kName) return block(word, [this] { return residual(); });
        Words rest(words_, next_, word);
        for (const FunctionEntry& entry : kFunctions) {
            if (entry.name == word.text) return read_activation(entry, rest);
        }
        return named(word, rest, std::make_index_sequence<std::variant_size_v<LayerVariant>>());
    }
    /// A block, unless it is nested so deep that reading, or later copying, would end the stack.
    template <class Read>
    Layer block(const Word& word, const Read& read) {
        constexpr std::size_t kDeepest = 100;
        if (depth_ == kDeepest) {
            fail_at(word, "blocks are nested more than " + std::to_string(kDeepest) + " deep");
        }
        ++depth_;
        Layer layer = read();
        --depth_;
        return layer;
    }
    Layer sequential() {
        expect("(");
        Sequential block{sequence()};
        expect(")");
        return block;
    }
    Layer residual() {
        expect("(");
        Residual block{sequence(), {}};
        if (accept(";")) block.shortcut = sequence();
        expect(")");
        return block;
    }
    template <std::size_t... I>
    Layer named(const Word& word, Words& rest, std::index_sequence<I...> /*kinds*/) {
        std::vector<Layer> found;
        (try_kind<std::variant_alternative_t<I, LayerVariant>>(word, rest, found), ...);
        if (found.empty()) fail_at(word, "unknown layer " + quoted(word) + ", known: " + known());
        return found.front();
    }
    template <class L>
    void try_kind(const Word& word, Words& rest, std::vector<Layer>& found) {
        if constexpr (!kIsBlock<L> && !std::same_as<L, Activation>) {
            if (word.text != L::kName) return;
            L layer;
            read(layer, rest);
            found.push_back(layer);
        }
    }
    static std::string known();

    std::vector<Word> words_;
    std::size_t next_ = 0;
    std::size_t depth_ = 0; // blocks around the present word
};

template <std::size_t... I>
std::vector<std::string_view> kind_names(std::index_sequence<I...> /*kinds*/) {
    return {std::variant_alternative_t<I, LayerVariant>::kName...};
}

} // namespace detail

/// All words that name a layer.
[[nodiscard]] inline std::vector<std::string_view> layer_names() {
    auto names = detail::kind_names(std::make_index_sequence<std::variant_size_v<LayerVariant>>());
    std::erase(names, Activation::kName);
    for (const FunctionEntry& entry : kFunctions) names.push_back(entry.name);
    return names;
}

inline std::string detail::Parser::known() {
    std::string list;
    for (const std::string_view name : layer_names()) {
        list += (list.empty() ? "" : ", ") + std::string(name);
    }
    return list;
}

/// Reads an architecture.
/// \throws std::invalid_argument that names position (the first character is 1), word and what
/// would be right
[[nodiscard]] inline Architecture parse(std::string_view text) {
    return detail::Parser(text).whole();
}

/// Writes an architecture so that parse() gives it back; attributes with usual values are left out.
[[nodiscard]] inline std::string print(const Architecture& architecture);

/// Writes one layer.
[[nodiscard]] inline std::string print(const Layer& layer) {
    const auto block = [](std::string_view name, const Architecture& body,
                          const Architecture& shortcut) {
        const std::string more = shortcut.empty() ? "" : "; " + print(shortcut);
        return std::string(name) + "(" + print(body) + more + ")";
    };
    return std::visit(
        [&](const auto& kind) {
            using L = std::decay_t<decltype(kind)>;
            if constexpr (std::same_as<L, Sequential>) return block(L::kName, kind.body, {});
            if constexpr (std::same_as<L, Residual>) {
                return block(L::kName, kind.body, kind.shortcut);
            }
            if constexpr (!kIsBlock<L>) return std::string(name_of(kind)) + detail::rest_of(kind);
        },
        layer.kind);
}

inline std::string print(const Architecture& architecture) {
    std::string text;
    for (const Layer& layer : architecture) text += (text.empty() ? "" : ", ") + print(layer);
    return text;
}

/// Reads extents such as "784" or "1x28x28".
/// \throws std::invalid_argument if the text is something else
[[nodiscard]] inline Shape parse_shape(std::string_view text) {
    std::vector<std::size_t> extents;
    if (!detail::read_extents(text, extents)) {
        throw std::invalid_argument("shape: expected extents such as 784 or 1x28x28, got '" +
                                    std::string(text) + "'");
    }
    return Shape(std::span<const std::size_t>(extents));
}
/// Writes extents so that parse_shape() gives them back.
[[nodiscard]] inline std::string print(const Shape& shape) { return detail::to_text(shape); }

} // namespace baldwin::nn
