// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What follows a layer's name in the text form: read(layer, words) and rest_of(layer) for each
/// kind, one the inverse of the other.
#pragma once

#include <baldwin/core/nn/architecture.hpp>
#include <baldwin/core/nn/detail/words.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace baldwin::nn::detail {

inline std::string to_text(const Shape& shape) {
    std::string text;
    for (const std::size_t extent : shape) {
        text += (text.empty() ? "" : "x") + std::to_string(extent);
    }
    return text;
}
/// " word value" unless the value is the usual one.
template <class V>
std::string unless_usual(std::string_view word, const V& value, const V& usual) {
    if (value == usual) return {};
    if constexpr (std::integral<V>) {
        return " " + std::string(word) + " " + std::to_string(value);
    } else {
        return " " + std::string(word) + " " + to_text(value);
    }
}
inline std::string flag(std::string_view word, bool is_set) {
    return is_set ? " " + std::string(word) : std::string();
}

// ---- windows

/// " 8x8/4 same dilation 2x2"; \p usual is the stride that is left out.
inline std::string window_text(const WindowRule& rule, const Extent2& usual) {
    const Extent2& stride = rule.stride;
    const bool is_square = stride.height == stride.width;
    std::string text = " " + to_text(rule.kernel);
    if (stride != usual) {
        text += "/" + (is_square ? std::to_string(stride.height) : to_text(stride));
    }
    if (rule.padding.kind == Padding::Kind::same) text += " same";
    if (rule.padding.kind == Padding::Kind::amount) text += " pad " + to_text(rule.padding.amount);
    return text + unless_usual("dilation", rule.dilation, Extent2{});
}
inline Words::Option same_option(WindowRule& rule) {
    return {"same", [&rule] { rule.padding = Padding::same(); }};
}
inline Words::Option valid_option(WindowRule& rule) {
    return {"valid", [&rule] { rule.padding = Padding::valid(); }};
}
inline Words::Option pad_option(WindowRule& rule, Words& words) {
    return {"pad", [&rule, &words] {
                rule.padding = {Padding::Kind::amount, words.extent2("a padding")};
            }};
}
inline Words::Option dilation_option(WindowRule& rule, Words& words) {
    return {"dilation", [&rule, &words] { rule.dilation = words.extent2("a dilation"); }};
}

// ---- affine layers

inline void read(Linear& layer, Words& words) {
    layer.outputs = words.count("the number of outputs");
    words.options({{"no_bias", [&] { layer.bias = false; }}});
}
inline std::string rest_of(const Linear& layer) {
    return " " + std::to_string(layer.outputs) + flag("no_bias", !layer.bias);
}

inline void read(Convolution& layer, Words& words) {
    layer.channels = words.count("the number of channels");
    words.window(layer.window);
    words.options({same_option(layer.window),
                   valid_option(layer.window),
                   pad_option(layer.window, words),
                   dilation_option(layer.window, words),
                   {"groups", [&] { layer.groups = words.count("the number of groups"); }},
                   {"depthwise", [&] { layer.depthwise = true; }},
                   {"no_bias", [&] { layer.bias = false; }}});
}
inline std::string rest_of(const Convolution& layer) {
    return " " + std::to_string(layer.channels) + window_text(layer.window, {1, 1}) +
           unless_usual<std::size_t>("groups", layer.groups, 1) +
           flag("depthwise", layer.depthwise) + flag("no_bias", !layer.bias);
}

inline void read(TransposedConvolution& layer, Words& words) {
    layer.channels = words.count("the number of channels");
    words.window(layer.window);
    words.options({same_option(layer.window),
                   valid_option(layer.window),
                   pad_option(layer.window, words),
                   dilation_option(layer.window, words),
                   {"groups", [&] { layer.groups = words.count("the number of groups"); }},
                   {"no_bias", [&] { layer.bias = false; }}});
}
inline std::string rest_of(const TransposedConvolution& layer) {
    return " " + std::to_string(layer.channels) + window_text(layer.window, {1, 1}) +
           unless_usual<std::size_t>("groups", layer.groups, 1) + flag("no_bias", !layer.bias);
}

// ---- pools: the usual stride is the window itself

template <class Pool>
    requires std::same_as<Pool, MaxPool> || std::same_as<Pool, AveragePool>
void read(Pool& layer, Words& words) {
    layer.window.stride = {0, 0};
    words.window(layer.window);
    if (layer.window.stride == Extent2{0, 0}) layer.window.stride = layer.window.kernel;
    words.options(
        {same_option(layer.window), valid_option(layer.window), pad_option(layer.window, words)});
}
template <class Pool>
    requires std::same_as<Pool, MaxPool> || std::same_as<Pool, AveragePool> std::string
    rest_of(const Pool& layer) {
        return window_text(layer.window, layer.window.kernel);
    }

// ---- norms

inline void read(BatchNorm& layer, Words& words) {
    words.options({{"momentum", [&] { layer.momentum = words.number("the momentum"); }},
                   {"epsilon", [&] { layer.epsilon = words.number("epsilon"); }}});
}
inline std::string rest_of(const BatchNorm& layer) {
    const BatchNorm usual;
    return unless_usual("momentum", layer.momentum, usual.momentum) +
           unless_usual("epsilon", layer.epsilon, usual.epsilon);
}

inline void read(GroupNorm& layer, Words& words) {
    layer.groups = words.count("the number of groups");
    words.options({{"epsilon", [&] { layer.epsilon = words.number("epsilon"); }}});
}
inline std::string rest_of(const GroupNorm& layer) {
    return " " + std::to_string(layer.groups) +
           unless_usual("epsilon", layer.epsilon, GroupNorm().epsilon);
}

template <class Norm>
concept PlainNorm = std::same_as<Norm, LayerNorm> || std::same_as<Norm, RmsNorm> ||
    std::same_as<Norm, InstanceNorm>;
template <PlainNorm Norm>
void read(Norm& layer, Words& words) {
    words.options({{"epsilon", [&] { layer.epsilon = words.number("epsilon"); }}});
}
template <PlainNorm Norm>
std::string rest_of(const Norm& layer) {
    return unless_usual("epsilon", layer.epsilon, Norm().epsilon);
}

// ---- activations and layers of few words

inline Layer read_activation(const FunctionEntry& entry, Words& words) {
    Activation layer(entry.function);
    if (entry.has_parameter && !words.is_done()) layer.parameter = words.number("a parameter");
    words.options({});
    return layer;
}
inline std::string rest_of(const Activation& layer) {
    const FunctionEntry& entry = layer.entry();
    if (!entry.has_parameter || layer.parameter == entry.parameter) return {};
    return " " + to_text(layer.parameter);
}

inline void read(Softmax& layer, Words& words) {
    words.options({{"temperature", [&] { layer.temperature = words.number("a temperature"); }}});
}
inline std::string rest_of(const Softmax& layer) {
    return unless_usual("temperature", layer.temperature, Softmax().temperature);
}

inline void read(Dropout& layer, Words& words) {
    layer.probability = words.number("the probability of dropping");
    words.options({});
}
inline std::string rest_of(const Dropout& layer) { return " " + to_text(layer.probability); }

inline void read(Embedding& layer, Words& words) {
    layer.rows = words.count("the number of rows");
    layer.width = words.count("the width of a row");
    words.options({});
}
inline std::string rest_of(const Embedding& layer) {
    return " " + std::to_string(layer.rows) + " " + std::to_string(layer.width);
}

template <class Cell>
    requires std::same_as<Cell, Lstm> || std::same_as<Cell, Gru>
void read(Cell& layer, Words& words) {
    layer.hidden = words.count("the number of hidden units");
    words.options({{"last", [&] { layer.recurrence = Recurrence::last; }},
                   {"step", [&] { layer.recurrence = Recurrence::step; }}});
}
template <class Cell>
    requires std::same_as<Cell, Lstm> || std::same_as<Cell, Gru> std::string
    rest_of(const Cell& layer) {
        return " " + std::to_string(layer.hidden) +
               flag("last", layer.recurrence == Recurrence::last) +
               flag("step", layer.recurrence == Recurrence::step);
    }

inline void read(Attention& layer, Words& words) {
    layer.heads = words.count("the number of heads");
    words.options(
        {{"causal", [&] { layer.causal = true; }}, {"no_bias", [&] { layer.bias = false; }}});
}
inline std::string rest_of(const Attention& layer) {
    return " " + std::to_string(layer.heads) + flag("causal", layer.causal) +
           flag("no_bias", !layer.bias);
}

inline void read(Reshape& layer, Words& words) {
    layer.shape = words.shape("the new extents");
    words.options({});
}
inline std::string rest_of(const Reshape& layer) { return " " + to_text(layer.shape); }

template <class L>
concept WordOnly = std::same_as<L, Flatten> || std::same_as<L, GlobalAveragePool>;
template <WordOnly L>
void read(L& /*layer*/, Words& words) {
    words.options({});
}
template <WordOnly L>
std::string rest_of(const L& /*layer*/) {
    return {};
}

} // namespace baldwin::nn::detail
