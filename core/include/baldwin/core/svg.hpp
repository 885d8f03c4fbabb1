// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Scenes as SVG: one self-contained picture, light or dark as the reader's system is.
#pragma once

#include <baldwin/core/colour.hpp>
#include <baldwin/core/detail/base64.hpp>
#include <baldwin/core/detail/stored_png.hpp>
#include <baldwin/core/drawing.hpp>
#include <baldwin/core/layout.hpp>
#include <baldwin/core/scene.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace baldwin {

/// Turns a raster of shape (rows, columns, channels) into the bytes of a PNG file.
using PngEncoder = std::function<std::string(std::span<const std::uint8_t> pixels, std::size_t rows,
                                             std::size_t columns, std::size_t channels)>;

/// How a picture is written.
struct SvgOptions {
    double width = 960;   ///< pixels
    double height = 540;  ///< pixels
    bool style = true;    ///< carries its own colours; false where the page has svg_style()
    PngEncoder encoder{}; ///< for rasters; empty: uncompressed PNG
};

/// Text with the characters escaped that XML and HTML give a meaning; control characters, which
/// XML cannot hold, become U+FFFD.
inline std::string escaped(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    for (const char letter : text) {
        switch (letter) {
        case '&': safe += "&amp;"; break;
        case '<': safe += "&lt;"; break;
        case '>': safe += "&gt;"; break;
        case '"': safe += "&quot;"; break;
        case '\'': safe += "&#39;"; break;
        default: {
            const auto byte = static_cast<unsigned char>(letter);
            const bool allowed = byte >= 32 || letter == '\n' || letter == '\t';
            if (allowed)
                safe += letter;
            else
                safe += "\xEF\xBF\xBD";
        }
        }
    }
    return safe;
}

namespace detail {

inline std::string theme_css(const Theme& theme) {
    std::string css;
    const auto rule = [&css](const std::string& name, Colour colour) {
        css += ".bw-" + name + "{color:" + to_string(colour) + "}";
    };
    for (const Paint& paint : {Paint::ink(), Paint::muted(), Paint::grid(), Paint::surface(),
                               Paint::good(), Paint::bad()}) {
        rule(to_string(paint), theme(paint));
    }
    for (std::size_t i = 0; i < kSeriesColours; ++i) {
        rule(to_string(Paint::series(i)), theme.series[i]);
    }
    return css;
}

/// Pixels with two decimals at most.
inline std::string svg_number(double value) {
    std::array<char, 32> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.2f", value);
    std::string text = buffer.data();
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text == "-0" ? "0" : text;
}

inline std::string attribute(std::string_view name, double value) {
    return " " + std::string(name) + "=\"" + svg_number(value) + "\"";
}

inline std::string attribute(std::string_view name, std::string_view value) {
    return " " + std::string(name) + "=\"" + std::string(value) + "\"";
}

/// Sets currentColor: a class for a role, the colour itself for a fixed paint.
inline std::string paint_attribute(const Paint& paint) {
    if (paint.role == Paint::Role::fixed) return attribute("color", to_string(paint));
    const Paint known = paint.role == Paint::Role::automatic ? Paint::series(0) : paint;
    return attribute("class", "bw-" + to_string(known));
}

/// Writes commands one by one.
class SvgWriter {
public:
    explicit SvgWriter(PngEncoder encoder)
        : encoder_(encoder ? std::move(encoder) : PngEncoder(stored_png)) {}

    void operator()(const DrawPath& path) {
        const std::string outline = path_data(path);
        open(path.clip, any_outside(path.at, path.clip));
        if (path.fill) {
            text_ += "<path" + paint_attribute(*path.fill);
            text_ += attribute("fill", "currentColor");
            if (path.opacity < 1) text_ += attribute("fill-opacity", path.opacity);
            text_ += attribute("d", outline) + "/>\n";
        }
        if (path.stroke) stroke(path, outline);
        close();
    }

    void operator()(const DrawDots& dots) {
        open(dots.clip, any_outside(dots.at, dots.clip));
        text_ += "<g" + paint_attribute(dots.paint);
        text_ += attribute("fill", "currentColor") + ">";
        for (const Point& at : dots.at) {
            text_ += "<circle" + attribute("cx", at.x) + attribute("cy", at.y) +
                     attribute("r", dots.radius) + "/>";
        }
        text_ += "</g>\n";
        close();
    }

    void operator()(const DrawText& text) {
        constexpr std::array<std::string_view, 3> kAnchors = {"start", "middle", "end"};
        text_ += "<text" + paint_attribute(text.paint) + attribute("fill", "currentColor");
        text_ += attribute("x", text.at.x) + attribute("y", text.at.y);
        text_ += attribute("font-size", text.size);
        if (text.anchor != Text::Anchor::start) {
            text_ += attribute("text-anchor", kAnchors[static_cast<std::size_t>(text.anchor)]);
        }
        if (text.bold) text_ += attribute("font-weight", "600");
        if (text.angle != 0) {
            text_ += attribute("transform", "rotate(" + svg_number(text.angle) + " " +
                                                svg_number(text.at.x) + " " +
                                                svg_number(text.at.y) + ")");
        }
        text_ += ">" + escaped(text.text) + "</text>\n";
    }

    void operator()(const DrawImage& image) {
        const std::string png = encoder_(image.pixels, image.rows, image.columns, image.channels);
        open(image.clip,
             any_outside({{image.at.x, image.at.y}, {image.at.right(), image.at.bottom()}},
                         image.clip));
        text_ += "<image" + attribute("x", image.at.x) + attribute("y", image.at.y);
        text_ += attribute("width", image.at.width) + attribute("height", image.at.height);
        text_ += attribute("preserveAspectRatio", "none");
        text_ += attribute("style", "image-rendering:pixelated");
        text_ += attribute("href", "data:image/png;base64," + to_base64(png)) + "/>\n";
        close();
    }

    [[nodiscard]] std::string&& take() { return std::move(text_); }

private:
    void stroke(const DrawPath& path, const std::string& outline) {
        text_ += "<path" + paint_attribute(*path.stroke);
        text_ += attribute("fill", "none") + attribute("stroke", "currentColor");
        text_ += attribute("stroke-width", path.width);
        if (path.dashed) text_ += attribute("stroke-dasharray", "6 4");
        text_ += attribute("stroke-linejoin", "round") + attribute("d", outline) + "/>\n";
    }

    static std::string path_data(const DrawPath& path) {
        std::string data;
        for (const Point& at : path.at) {
            data += (data.empty() ? "M" : "L") + svg_number(at.x) + " " + svg_number(at.y);
        }
        return path.closed ? data + "Z" : data;
    }

    /// Opens a nested viewport where something sticks out of its clip. It needs no id, so that
    /// pictures on one page cannot disturb each other.
    void open(const std::optional<Rect>& clip, bool sticks_out) {
        is_clipped_ = clip && sticks_out;
        if (!is_clipped_) return;
        text_ +=
            "<svg" + attribute("x", clip->x) + attribute("y", clip->y) +
            attribute("width", clip->width) + attribute("height", clip->height) +
            attribute("viewBox", svg_number(clip->x) + " " + svg_number(clip->y) + " " +
                                     svg_number(clip->width) + " " + svg_number(clip->height)) +
            ">";
    }

    void close() {
        if (is_clipped_) text_ += "</svg>\n";
    }

    static bool any_outside(const std::vector<Point>& at, const std::optional<Rect>& clip) {
        return clip && std::any_of(at.begin(), at.end(),
                                   [&](const Point& point) { return !clip->contains(point); });
    }

    PngEncoder encoder_;
    std::string text_;
    bool is_clipped_ = false;
};

} // namespace detail

/// The style sheet behind pictures written with `style = false`: once on a page.
/// Dark where the reader's system is, always light on paper.
inline std::string svg_style() {
    const std::string light = detail::theme_css(kLightTheme);
    return light + "@media (prefers-color-scheme:dark){" + detail::theme_css(kDarkTheme) +
           "}@media print{" + light + "}";
}

/// The drawing as one SVG element; needs nothing outside itself.
inline std::string to_svg(const Drawing& drawing, const SvgOptions& options = {}) {
    using detail::attribute;
    const std::string width = detail::svg_number(drawing.width);
    const std::string height = detail::svg_number(drawing.height);
    std::string svg = "<svg" + attribute("xmlns", "http://www.w3.org/2000/svg") +
                      attribute("width", width) + attribute("height", height) +
                      attribute("viewBox", "0 0 " + width + " " + height) +
                      attribute("font-family", "'DejaVu Sans',Verdana,system-ui,sans-serif") +
                      attribute("role", "img") + ">\n";
    if (!drawing.title.empty()) svg += "<title>" + escaped(drawing.title) + "</title>\n";
    if (options.style) svg += "<style>" + svg_style() + "</style>\n";
    svg += "<rect class=\"bw-surface\" fill=\"currentColor\"" + attribute("width", width) +
           attribute("height", height) + "/>\n";
    detail::SvgWriter writer(options.encoder);
    for (const DrawCommand& command : drawing.commands) std::visit(writer, command);
    return svg + writer.take() + "</svg>\n";
}

/// The scene laid out and written.
/// \throws std::invalid_argument if a raster in it contradicts its own shape
/// \cost O(points + pixels)
inline std::string to_svg(const Scene& scene, const SvgOptions& options = {}) {
    return to_svg(lay_out(scene, options.width, options.height), options);
}

} // namespace baldwin
