// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Letters from font files, by SFML.
#pragma once

#include <baldwin/viz/fonts.hpp>
#include <baldwin/viz/typeface.hpp>

#include <SFML/Graphics/Font.hpp>
#include <SFML/Graphics/Glyph.hpp>
#include <SFML/Graphics/Image.hpp>
#include <SFML/Graphics/Texture.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace baldwin::viz {

/// Letters of a regular face and its bold companion; only where display_available(), because SFML
/// keeps them on the graphics card first.
class SfmlTypeface final : public Typeface {
public:
    /// A face that is missing or cannot be read is replaced by the regular one; without that,
    /// is_usable() is false and no letter has a shape.
    explicit SfmlTypeface(const Fonts& fonts) {
        if (!fonts.regular.empty()) is_usable_ = regular_.loadFromFile(fonts.regular.string());
        if (!fonts.bold.empty()) has_bold_ = bold_.loadFromFile(fonts.bold.string());
    }
    [[nodiscard]] bool is_usable() const noexcept { return is_usable_; }

    const GlyphShape& glyph(char32_t letter, unsigned size, bool bold) override {
        const bool is_bold = bold && has_bold_;
        const auto found = shapes_.find({letter, size, is_bold});
        if (found != shapes_.end()) return found->second;
        // the usual letters at once: reading them back from the card costs the same as one
        std::vector<char32_t> wanted = {letter};
        if (sizes_.insert({{size, is_bold}, true}).second) {
            for (char32_t usual = 32; usual < 127; ++usual) wanted.push_back(usual);
        }
        fetch(wanted, size, is_bold);
        return shapes_.at({letter, size, is_bold});
    }
    double kerning(char32_t left, char32_t right, unsigned size, bool bold) override {
        if (!is_usable_) return 0;
        const sf::Font& font = bold && has_bold_ ? bold_ : regular_;
        return font.getKerning(left, right, size);
    }

private:
    void fetch(const std::vector<char32_t>& letters, unsigned size, bool bold) {
        const sf::Font& font = bold ? bold_ : regular_;
        std::vector<sf::Glyph> glyphs(letters.size());
        if (is_usable_) {
            for (std::size_t i = 0; i < letters.size(); ++i) {
                glyphs[i] = font.getGlyph(letters[i], size, false);
            }
        }
        const sf::Image page = is_usable_ ? font.getTexture(size).copyToImage() : sf::Image();
        for (std::size_t i = 0; i < letters.size(); ++i) {
            shapes_.insert_or_assign({letters[i], size, bold}, shape_of(glyphs[i], page));
        }
    }
    static GlyphShape shape_of(const sf::Glyph& glyph, const sf::Image& page) {
        GlyphShape shape{.left = static_cast<int>(glyph.bounds.left),
                         .top = static_cast<int>(glyph.bounds.top),
                         .width = glyph.textureRect.width,
                         .height = glyph.textureRect.height,
                         .advance = glyph.advance,
                         .alpha = {}};
        // a blank has no picture: its place on the page belongs to others
        if (!(glyph.bounds.width > 0)) shape.width = shape.height = 0;
        for (int y = 0; y < shape.height; ++y) {
            for (int x = 0; x < shape.width; ++x) {
                const auto column = static_cast<unsigned>(glyph.textureRect.left + x);
                const auto row = static_cast<unsigned>(glyph.textureRect.top + y);
                shape.alpha.push_back(page.getPixel(column, row).a);
            }
        }
        return shape;
    }

    sf::Font regular_;
    sf::Font bold_;
    bool is_usable_ = false;
    bool has_bold_ = false;
    std::map<std::tuple<char32_t, unsigned, bool>, GlyphShape> shapes_;
    std::map<std::pair<unsigned, bool>, bool> sizes_; ///< whose usual letters were fetched
};

} // namespace baldwin::viz
