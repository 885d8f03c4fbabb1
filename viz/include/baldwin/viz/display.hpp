// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Whether a window can be opened, found out before SFML is called: without a display it aborts.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#if defined(__linux__)
#include <dlfcn.h>
#include <unistd.h>
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
        return handle_ == nullptr ? nullptr : reinterpret_cast<Function*>(::dlsym(handle_, name));
    }

private:
    void* handle_;
};

/// Set once a display went away; no window can be shown in this process after that.
inline std::atomic<bool> display_lost{false};

/// libX11 ends the program when this returns, so it does not. It holds locks of libX11 then, which
/// SFML's clean-up at the program's end would wait for: the program ends without it.
inline int on_display_lost(void* /*display*/) {
    ::on_exit(
        [](int status, void*) {
            std::fflush(nullptr);
            ::_exit(status);
        },
        nullptr);
    display_lost = true;
    for (;;) ::pause();
}

/// A connection to the display, held: a server that nobody is connected to may start anew, and
/// refuses connections while it does.
class DisplayLink {
public:
    DisplayLink() {
        const char* name = std::getenv("DISPLAY");
        if (display_lost)
            obstacle_ = "no display (it went away)";
        else if (name == nullptr || *name == '\0')
            obstacle_ = "no display (DISPLAY is not set)";
        else
            open(name);
    }
    ~DisplayLink() {
        if (display_ != nullptr) library_.symbol<int(void*)>("XCloseDisplay")(display_);
    }
    DisplayLink(const DisplayLink&) = delete;
    DisplayLink& operator=(const DisplayLink&) = delete;

    /// From now on a display that goes away (a closed ssh session) stops the thread that notices,
    /// instead of the whole program, as is libX11's custom, and a request that the display refuses
    /// costs a picture instead of the program. The connection is left to the system.
    void survive_loss() {
        using Handler = int(void*);
        const auto set = library_.symbol<Handler*(Handler*)>("XSetIOErrorHandler");
        if (set != nullptr) set(&on_display_lost);
        using Refusal = int(void*, void*);
        const auto set_refusal = library_.symbol<Refusal*(Refusal*)>("XSetErrorHandler");
        if (set_refusal != nullptr) set_refusal([](void*, void*) { return 0; });
        display_ = nullptr;
    }

    /// What stands in the way of a window; empty if nothing.
    [[nodiscard]] const std::string& obstacle() const noexcept { return obstacle_; }
    /// The connection, null without one; for calls of the library in the thread that made this.
    [[nodiscard]] void* handle() const noexcept { return display_; }
    [[nodiscard]] const XLibrary& library() const noexcept { return library_; }

private:
    void open(const std::string& name) {
        const auto connect = library_.symbol<void*(const char*)>("XOpenDisplay");
        const auto query =
            library_.symbol<int(void*, const char*, int*, int*, int*)>("XQueryExtension");
        if (connect == nullptr || query == nullptr) {
            obstacle_ = "no display (libX11 cannot be loaded)";
            return;
        }
        for (int attempt = 0; display_ == nullptr && attempt < 3; ++attempt) {
            if (attempt > 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
            display_ = connect(nullptr);
        }
        int ignored = 0;
        if (display_ == nullptr)
            obstacle_ = "no display (" + name + " cannot be opened)";
        else if (query(display_, "GLX", &ignored, &ignored, &ignored) == 0) {
            obstacle_ = "the display " + name + " has no OpenGL";
        }
    }

    XLibrary library_;
    void* display_ = nullptr;
    std::string obstacle_;
};

#else

/// Elsewhere a window can be opened as far as anybody knows.
inline std::atomic<bool> display_lost{false};
class DisplayLink {
public:
    void survive_loss() {}
    [[nodiscard]] std::string obstacle() const { return {}; }
};

#endif

} // namespace detail

/// Why no window can be opened, in a few words; empty if one can.
/// \cost opens and closes a connection to the display
inline std::string display_obstacle() { return detail::DisplayLink().obstacle(); }

/// Whether a window can be opened.
inline bool display_available() { return display_obstacle().empty(); }

} // namespace baldwin::viz
