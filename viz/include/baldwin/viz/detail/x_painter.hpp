// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Pixels onto a window of the X server without OpenGL.
///
/// Where OpenGL is rendered in software, a picture that goes through it is copied into a texture,
/// painted as a triangle pair, and sent to the server whole: some twenty times the work of sending
/// the pixels that changed, which is what this does. libX11 is loaded for it as for the display's
/// question, without its headers; the few structures that are read are its public ones.
#pragma once

#include <baldwin/viz/canvas.hpp>
#include <baldwin/viz/display.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace baldwin::viz::detail {

#if defined(__linux__)

/// Paints on one window. It belongs to the thread that made its link.
class XPainter {
public:
    /// \param link    must outlive this
    /// \param window  its number at the server
    XPainter(const DisplayLink& link, unsigned long window)
        : display_(link.handle()), window_(window), x_(link.library()) {
        is_usable_ = display_ != nullptr && x_.is_whole() && takes_our_pixels();
        if (!is_usable_) return;
        graphics_ = x_.create_gc(display_, window_, 0, nullptr);
        constexpr long kExposure = 1L << 15;
        x_.select_input(display_, window_, kExposure);
    }
    ~XPainter() {
        if (image_ != nullptr) x_.free(image_);
        if (graphics_ == nullptr) return;
        x_.free_gc(display_, graphics_);
        // the window goes by another connection: what was asked for here has to be done before
        x_.sync(display_, 0);
    }
    XPainter(const XPainter&) = delete;
    XPainter& operator=(const XPainter&) = delete;

    /// Whether the server keeps pixels as this sends them: 32 bits, red above green above blue.
    [[nodiscard]] bool is_usable() const noexcept { return is_usable_; }

    /// Whether something of the window has to be painted again since the last call.
    [[nodiscard]] bool take_exposed() {
        bool is_exposed = false;
        std::array<long, 24> event{}; // the size that the library promises
        while (x_.pending(display_) > 0) {
            x_.next_event(display_, event.data());
            is_exposed = true;
        }
        return is_exposed;
    }

    /// Shows boxes of a picture, which is as large as the window.
    /// \cost O(pixels in the boxes)
    void show(const Canvas& picture, std::span<const PixelBox> boxes) {
        fit(picture);
        for (const PixelBox& box : boxes) {
            convert(picture, box);
            x_.put_image(display_, window_, graphics_, image_, box.left, box.top, box.left, box.top,
                         static_cast<unsigned>(box.width()), static_cast<unsigned>(box.height()));
        }
        x_.flush(display_);
    }

private:
    struct Format {
        int depth;
        int bits;
        int padding;
    };
    struct Visual {
        void* extension;
        unsigned long number;
        int kind;
        unsigned long red;
        unsigned long green;
        unsigned long blue;
    };

    /// What is called of the library.
    struct Calls {
        explicit Calls(const XLibrary& x)
            : get_geometry(x.symbol<GetGeometry>("XGetGeometry")),
              byte_order(x.symbol<int(void*)>("XImageByteOrder")),
              default_screen(x.symbol<int(void*)>("XDefaultScreen")),
              default_visual(x.symbol<Visual*(void*, int)>("XDefaultVisual")),
              list_formats(x.symbol<Format*(void*, int*)>("XListPixmapFormats")),
              create_gc(x.symbol<void*(void*, unsigned long, unsigned long, void*)>("XCreateGC")),
              free_gc(x.symbol<int(void*, void*)>("XFreeGC")),
              select_input(x.symbol<int(void*, unsigned long, long)>("XSelectInput")),
              pending(x.symbol<int(void*)>("XPending")),
              next_event(x.symbol<int(void*, void*)>("XNextEvent")),
              create_image(x.symbol<CreateImage>("XCreateImage")),
              put_image(x.symbol<PutImage>("XPutImage")), flush(x.symbol<int(void*)>("XFlush")),
              sync(x.symbol<int(void*, int)>("XSync")), free(x.symbol<int(void*)>("XFree")) {}

        [[nodiscard]] bool is_whole() const {
            return get_geometry && byte_order && default_screen && default_visual && list_formats &&
                   create_gc && free_gc && select_input && pending && next_event && create_image &&
                   put_image && flush && sync && free;
        }

        using GetGeometry = int(void*, unsigned long, unsigned long*, int*, int*, unsigned*,
                                unsigned*, unsigned*, unsigned*);
        using CreateImage = void*(void*, void*, unsigned, int, int, char*, unsigned, unsigned, int,
                                  int);
        using PutImage = int(void*, unsigned long, void*, void*, int, int, int, int, unsigned,
                             unsigned);

        GetGeometry* get_geometry;
        int (*byte_order)(void*);
        int (*default_screen)(void*);
        Visual* (*default_visual)(void*, int);
        Format* (*list_formats)(void*, int*);
        void* (*create_gc)(void*, unsigned long, unsigned long, void*);
        int (*free_gc)(void*, void*);
        int (*select_input)(void*, unsigned long, long);
        int (*pending)(void*);
        int (*next_event)(void*, void*);
        CreateImage* create_image;
        PutImage* put_image;
        int (*flush)(void*);
        int (*sync)(void*, int);
        int (*free)(void*);
    };

    bool takes_our_pixels() {
        unsigned long root = 0;
        std::array<int, 2> corner{};
        std::array<unsigned, 3> size{};
        if (x_.get_geometry(display_, window_, &root, &corner[0], &corner[1], &size[0], &size[1],
                            &size[2], &depth_) == 0) {
            return false;
        }
        const Visual* visual = x_.default_visual(display_, x_.default_screen(display_));
        const bool is_rgb = visual->red == 0xFF0000 && visual->green == 0xFF00 &&
                            visual->blue == 0xFF && x_.byte_order(display_) == 0;
        int count = 0;
        Format* formats = x_.list_formats(display_, &count);
        if (formats == nullptr) return false;
        const bool has_format = std::any_of(formats, formats + count, [&](const Format& format) {
            return static_cast<unsigned>(format.depth) == depth_ && format.bits == 32;
        });
        x_.free(formats);
        return is_rgb && has_format && depth_ >= 24;
    }
    void fit(const Canvas& picture) {
        if (width_ == picture.width() && height_ == picture.height()) return;
        width_ = picture.width();
        height_ = picture.height();
        if (image_ != nullptr) x_.free(image_);
        pixels_.assign(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_), 0);
        constexpr int kZPixmap = 2;
        image_ = x_.create_image(
            display_, nullptr, depth_, kZPixmap, 0, reinterpret_cast<char*>(pixels_.data()),
            static_cast<unsigned>(width_), static_cast<unsigned>(height_), 32, 4 * width_);
    }
    void convert(const Canvas& picture, PixelBox box) {
        for (int y = box.top; y < box.bottom; ++y) {
            const std::size_t first =
                static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                static_cast<std::size_t>(box.left);
            const std::uint8_t* from = picture.pixels().data() + 4 * first;
            std::uint32_t* to = pixels_.data() + first;
            for (int x = box.left; x < box.right; ++x, from += 4) {
                *to++ = 0xFF000000U | std::uint32_t{from[0]} << 16U | std::uint32_t{from[1]} << 8U |
                        from[2];
            }
        }
    }

    void* display_;
    unsigned long window_;
    Calls x_;
    bool is_usable_ = false;
    unsigned depth_ = 0; ///< bits of the window's pixels that count
    void* graphics_ = nullptr;
    void* image_ = nullptr; ///< describes pixels_
    int width_ = 0;
    int height_ = 0;
    std::vector<std::uint32_t> pixels_; ///< (height, width)
};

#else

/// Elsewhere OpenGL is the way to a window.
class XPainter {
public:
    template <class Window>
    XPainter(const DisplayLink& /*link*/, Window /*window*/) {}
    [[nodiscard]] bool is_usable() const noexcept { return false; }
    [[nodiscard]] bool take_exposed() { return false; }
    void show(const Canvas& /*picture*/, std::span<const PixelBox> /*boxes*/) {}
};

#endif

} // namespace baldwin::viz::detail
