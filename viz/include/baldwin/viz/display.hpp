// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Whether a window can be opened, found out before SFML is called: without a display it aborts.
#pragma once

#include <cstdlib>
#include <string>

#if defined(__linux__)
#include <dlfcn.h>
#endif

namespace baldwin::viz {

namespace detail {

#if defined(__linux__)

/// libX11, loaded for the question alone, so that a program without a display needs none of it.
class XLibrary {
public:
    XLibrary() : handle_(::dlopen("libX11.so.6", RTLD_NOW | RTLD_LOCAL)) {}
    ~XLibrary() {
        if (handle_ != nullptr) ::dlclose(handle_);
    }
    XLibrary(const XLibrary&) = delete;
    XLibrary& operator=(const XLibrary&) = delete;

    template <class Function>
    [[nodiscard]] Function* symbol(const char* name) const {
        return handle_ == nullptr ? nullptr
                                  : reinterpret_cast<Function*>(::dlsym(handle_, name));
    }

private:
    void* handle_;
};

/// What stands in the way of a window; empty if nothing.
inline std::string display_obstacle() {
    const char* name = std::getenv("DISPLAY");
    if (name == nullptr || *name == '\0') return "no display (DISPLAY is not set)";
    const XLibrary library;
    const auto open = library.symbol<void*(const char*)>("XOpenDisplay");
    const auto close = library.symbol<int(void*)>("XCloseDisplay");
    const auto query =
        library.symbol<int(void*, const char*, int*, int*, int*)>("XQueryExtension");
    if (open == nullptr || close == nullptr || query == nullptr) {
        return "no display (libX11 cannot be loaded)";
    }
    void* display = open(nullptr);
    if (display == nullptr) return "no display (" + std::string(name) + " cannot be opened)";
    int opcode = 0;
    int event = 0;
    int error = 0;
    const bool has_gl = query(display, "GLX", &opcode, &event, &error) != 0;
    close(display);
    return has_gl ? "" : "the display " + std::string(name) + " has no OpenGL";
}

#else

inline std::string display_obstacle() { return {}; }

#endif

} // namespace detail

/// Why no window can be opened, in a few words; empty if one can.
/// \cost opens and closes a connection to the display
inline std::string display_obstacle() { return detail::display_obstacle(); }

/// Whether a window can be opened.
inline bool display_available() { return display_obstacle().empty(); }

} // namespace baldwin::viz
