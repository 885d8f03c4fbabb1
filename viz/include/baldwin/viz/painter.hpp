// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Paints a drawing on an SFML target: smooth lines and dots by triangles, text, rasters.
#pragma once

#include <baldwin/core/colour.hpp>
#include <baldwin/core/drawing.hpp>
#include <baldwin/core/scene.hpp>
#include <baldwin/viz/detail/mesh.hpp>
#include <baldwin/viz/detail/text_batch.hpp>
#include <baldwin/viz/fonts.hpp>

#include <SFML/Graphics/Font.hpp>
#include <SFML/Graphics/RenderTarget.hpp>
#include <SFML/Graphics/Sprite.hpp>
#include <SFML/Graphics/Texture.hpp>
#include <SFML/Graphics/View.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace baldwin::viz {

/// Paints drawings; keeps fonts and the rasters of the drawing at hand. For one thread at a time,
/// and only where display_available().
class Painter {
public:
    explicit Painter(const Fonts& fonts) {
        if (!fonts.regular.empty()) has_font_ = regular_.loadFromFile(fonts.regular.string());
        if (!fonts.bold.empty()) has_bold_ = bold_.loadFromFile(fonts.bold.string());
    }

    /// Whether text can be shown.
    [[nodiscard]] bool has_font() const noexcept { return has_font_; }

    /// Makes the rasters of a drawing ready; to be called when the drawing changes.
    /// \cost O(pixels)
    void prepare(const Drawing& drawing) {
        textures_.clear();
        for (const DrawCommand& command : drawing.commands) {
            const auto* image = std::get_if<DrawImage>(&command);
            if (image != nullptr) textures_.push_back(texture_of(*image));
        }
    }

    /// Paints the drawing that was prepared last, covering the whole target; text lies on top.
    /// \param scale  pixels of the target for one of the drawing
    void paint(const Drawing& drawing, sf::RenderTarget& target, const Theme& theme,
               double scale = 1) {
        target.setView(whole(target));
        target.clear(detail::sf_colour(theme.surface));
        next_texture_ = 0;
        paint_over(drawing, target, theme, scale);
    }

    /// Paints a drawing without rasters on top of what is there.
    void paint_over(const Drawing& drawing, sf::RenderTarget& target, const Theme& theme,
                    double scale = 1) {
        target_ = &target;
        theme_ = &theme;
        scale_ = scale;
        clip_.reset();
        target.setView(whole(target));
        for (const DrawCommand& command : drawing.commands) {
            std::visit([this](const auto& one) { draw(one); }, command);
        }
        flush();
        target.setView(whole(target));
        text_.draw(target);
        text_.clear();
    }

private:
    static std::unique_ptr<sf::Texture> texture_of(const DrawImage& image) {
        std::vector<std::uint8_t> rgba;
        rgba.reserve(4 * image.rows * image.columns);
        for (std::size_t i = 0; i < image.rows * image.columns; ++i) {
            for (std::size_t channel = 0; channel < 3; ++channel) {
                const std::size_t from = image.channels == 3 ? 3 * i + channel : i;
                rgba.push_back(image.pixels[from]);
            }
            rgba.push_back(255);
        }
        const auto width = static_cast<unsigned>(image.columns);
        const auto height = static_cast<unsigned>(image.rows);
        auto texture = std::make_unique<sf::Texture>();
        // larger than the hardware takes: the place stays empty
        if (width > sf::Texture::getMaximumSize() || height > sf::Texture::getMaximumSize() ||
            !texture->create(width, height)) {
            return nullptr;
        }
        texture->update(rgba.data());
        return texture;
    }

    static sf::View whole(const sf::RenderTarget& target) {
        const sf::Vector2u size = target.getSize();
        return sf::View({0, 0, static_cast<float>(size.x), static_cast<float>(size.y)});
    }

    /// Restricts painting to a rectangle of the drawing.
    void set_clip(const std::optional<Rect>& clip) {
        if (clip == clip_) return;
        flush();
        clip_ = clip;
        sf::View view = whole(*target_);
        if (clip) {
            const sf::Vector2f size = view.getSize();
            const auto pixel = [this](double value) {
                return static_cast<float>(std::round(value * scale_));
            };
            const sf::FloatRect part(pixel(clip->x), pixel(clip->y),
                                     std::max(1.0F, pixel(clip->right()) - pixel(clip->x)),
                                     std::max(1.0F, pixel(clip->bottom()) - pixel(clip->y)));
            view.reset(part);
            view.setViewport(
                {part.left / size.x, part.top / size.y, part.width / size.x, part.height / size.y});
        }
        target_->setView(view);
    }

    void flush() {
        if (mesh_.empty()) return;
        target_->draw(mesh_.vertices().data(), mesh_.vertices().size(), sf::Triangles);
        mesh_.clear();
    }

    [[nodiscard]] std::vector<Point> scaled(const std::vector<Point>& at) const {
        std::vector<Point> pixels(at);
        for (Point& point : pixels) point = {point.x * scale_, point.y * scale_};
        return pixels;
    }

    void draw(const DrawPath& path) {
        set_clip(path.clip);
        const auto pixels = scaled(path.at);
        if (path.fill) mesh_.area(pixels, detail::sf_colour((*theme_)(*path.fill), path.opacity));
        if (!path.stroke) return;
        mesh_.line(pixels, {.width = path.width * scale_,
                            .closed = path.closed,
                            .dash = path.dashed ? 6 * scale_ : 0,
                            .colour = detail::sf_colour((*theme_)(*path.stroke))});
    }

    void draw(const DrawDots& dots) {
        set_clip(dots.clip);
        const sf::Color colour = detail::sf_colour((*theme_)(dots.paint));
        for (const Point& at : scaled(dots.at)) mesh_.dot(at, dots.radius * scale_, colour);
    }

    void draw(const DrawImage& image) {
        const std::size_t number = next_texture_++;
        if (number >= textures_.size() || textures_[number] == nullptr) return;
        set_clip(image.clip);
        flush();
        sf::Sprite sprite(*textures_[number]);
        sprite.setPosition(static_cast<float>(image.at.x * scale_),
                           static_cast<float>(image.at.y * scale_));
        sprite.setScale(
            static_cast<float>(image.at.width * scale_ / static_cast<double>(image.columns)),
            static_cast<float>(image.at.height * scale_ / static_cast<double>(image.rows)));
        target_->draw(sprite);
    }

    void draw(const DrawText& item) {
        if (!has_font_ || item.text.empty()) return;
        const auto size =
            static_cast<unsigned>(std::max(6.0, std::floor(item.size * scale_ + 0.25)));
        text_.add(item.bold && has_bold_ ? bold_ : regular_, item.text, size,
                  detail::sf_colour((*theme_)(item.paint)),
                  {item.at.x * scale_, item.at.y * scale_}, static_cast<double>(item.anchor) / 2,
                  item.angle);
    }

    sf::Font regular_;
    sf::Font bold_;
    bool has_font_ = false;
    bool has_bold_ = false;
    std::vector<std::unique_ptr<sf::Texture>> textures_; ///< one for each raster, in order
    std::size_t next_texture_ = 0;
    detail::Mesh mesh_;
    detail::TextBatch text_;
    sf::RenderTarget* target_ = nullptr; ///< during paint()
    const Theme* theme_ = nullptr;       ///< during paint()
    double scale_ = 1;
    std::optional<Rect> clip_;
};

} // namespace baldwin::viz
