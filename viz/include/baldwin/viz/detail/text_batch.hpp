// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Lines of text collected by font and size, so that a frame draws each face and size once.
#pragma once

#include <baldwin/core/scene.hpp>

#include <SFML/Graphics/Color.hpp>
#include <SFML/Graphics/Font.hpp>
#include <SFML/Graphics/Glyph.hpp>
#include <SFML/Graphics/RenderStates.hpp>
#include <SFML/Graphics/RenderTarget.hpp>
#include <SFML/Graphics/Transform.hpp>
#include <SFML/Graphics/Vertex.hpp>
#include <SFML/System/String.hpp>

#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::viz::detail {

/// Text that waits to be drawn, above everything else.
class TextBatch {
public:
    /// Adds a line whose baseline begins at \p at less \p share of its width.
    /// \param degrees  clockwise around \p at
    void add(const sf::Font& font, const std::string& utf8, unsigned size, sf::Color colour,
             Point at, double share, double degrees) {
        const sf::String text = sf::String::fromUtf8(utf8.begin(), utf8.end());
        sf::Transform placed;
        placed.translate(static_cast<float>(std::round(at.x)),
                         static_cast<float>(std::round(at.y)));
        placed.rotate(static_cast<float>(degrees));
        placed.translate(std::round(-static_cast<float>(share) * width(font, text, size)), 0);
        auto& vertices = faces_[{&font, size}];
        float x = 0;
        sf::Uint32 before = 0;
        for (const sf::Uint32 letter : text) {
            x += font.getKerning(before, letter, size);
            const sf::Glyph& glyph = font.getGlyph(letter, size, false);
            // a blank has no picture: its place in the texture belongs to others
            if (glyph.bounds.width > 0) add(vertices, glyph, x, placed, colour);
            x += glyph.advance;
            before = letter;
        }
    }

    void draw(sf::RenderTarget& target) const {
        for (const auto& [face, vertices] : faces_) {
            if (vertices.empty()) continue;
            target.draw(vertices.data(), vertices.size(), sf::Triangles,
                        sf::RenderStates(&face.first->getTexture(face.second)));
        }
    }

    /// Forgets the text and keeps the memory.
    void clear() {
        for (auto& [face, vertices] : faces_) vertices.clear();
    }

private:
    using Face = std::pair<const sf::Font*, unsigned>;

    static float width(const sf::Font& font, const sf::String& text, unsigned size) {
        float width = 0;
        sf::Uint32 before = 0;
        for (const sf::Uint32 letter : text) {
            width += font.getKerning(before, letter, size);
            width += font.getGlyph(letter, size, false).advance;
            before = letter;
        }
        return width;
    }

    static void add(std::vector<sf::Vertex>& vertices, const sf::Glyph& glyph, float x,
                    const sf::Transform& placed, sf::Color colour) {
        // a pixel around the glyph belongs to its smooth edge
        const sf::FloatRect box(x + glyph.bounds.left - 1, glyph.bounds.top - 1,
                                glyph.bounds.width + 2, glyph.bounds.height + 2);
        const sf::FloatRect cut(sf::IntRect(glyph.textureRect.left - 1, glyph.textureRect.top - 1,
                                            glyph.textureRect.width + 2,
                                            glyph.textureRect.height + 2));
        for (const int corner : {0, 1, 2, 1, 2, 3}) {
            const auto right = static_cast<float>(corner % 2);
            const auto low = static_cast<float>(corner / 2);
            vertices.emplace_back(
                placed.transformPoint(box.left + right * box.width, box.top + low * box.height),
                colour, sf::Vector2f(cut.left + right * cut.width, cut.top + low * cut.height));
        }
    }

    std::map<Face, std::vector<sf::Vertex>> faces_;
};

} // namespace baldwin::viz::detail
