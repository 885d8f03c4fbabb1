// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/app/live.hpp>

#ifdef BALDWIN_HAS_VIZ
#include <baldwin/viz/live_view.hpp>
#endif

#include <chrono>
#include <exception>
#include <span>
#include <thread>
#include <utility>

namespace baldwin::app {

#ifdef BALDWIN_HAS_VIZ

struct Live::Window {
    viz::LiveView view;

    /// One line where the window closed although the user did not close it.
    void tell_failure(Progress& progress) {
        const std::string reason = view.take_failure();
        if (reason.empty()) return;
        progress.note("the window closed: " + reason + "; the run goes on");
    }
};

namespace {

viz::LiveOptions options_for(const std::string& title, Run& run,
                             const std::vector<LiveParameter>& parameters) {
    viz::LiveOptions options;
    options.window.title = title;
    options.window.pictures = run.directory().path() / "pictures";
    options.units = run.units();
    for (const LiveParameter& one : parameters) options.parameters.push_back(one.parameter);
    return options;
}

} // namespace

Live::Live(bool is_wanted, const std::string& title, Run& run,
           std::vector<LiveParameter> parameters)
    : run_(run), parameters_(std::move(parameters)) {
    if (!is_wanted) return;
    try {
        window_.reset(new Window{viz::LiveView(options_for(title, run_, parameters_))});
    } catch (const std::exception& error) {
        run_.progress().note("no window: " + std::string(error.what()) + "; the run goes on");
        return;
    }
    run_.observe([this](std::uint64_t step, std::span<const Metric> metrics) {
        window_->view.record(step, metrics);
    });
}

bool Live::is_open() const { return window_ && window_->view.is_open(); }

bool Live::wants_scene() { return window_ && window_->view.wants_scene(); }

void Live::show(std::uint64_t step, const std::string& name, Scene scene) {
    if (is_open()) window_->view.show(step, name, std::move(scene));
}

void Live::attend(std::uint64_t step) {
    if (!window_) return;
    window_->tell_failure(run_.progress());
    for (const viz::ParameterEdit& edit :
         window_->view.attend([] { return !Run::should_stop(); }, pointed_)) {
        const LiveParameter& turned = parameters_.at(edit.parameter);
        turned.apply(edit.to);
        run_.edit(step, turned.parameter.name, edit.from, edit.to);
    }
}

void Live::stay() {
    if (!is_open() || Run::should_stop() || !run_.progress().is_on_terminal()) return;
    run_.progress().note("done; the window stays until it is closed (Esc in it, or Ctrl-C here)");
    while (is_open() && !Run::should_stop()) {
        (void)window_->view.attend([] { return !Run::should_stop(); }, pointed_);
        std::this_thread::sleep_for(std::chrono::milliseconds(15));
    }
}

#else

struct Live::Window {};

Live::Live(bool is_wanted, const std::string&, Run& run, std::vector<LiveParameter> parameters)
    : run_(run), parameters_(std::move(parameters)) {
    if (!is_wanted) return;
    run_.progress().note("no window: this program was built without SFML; the run goes on");
}

bool Live::is_open() const { return false; }

bool Live::wants_scene() { return false; }

void Live::show(std::uint64_t, const std::string&, Scene) {}

void Live::attend(std::uint64_t) {}

void Live::stay() {}

#endif

Live::~Live() { run_.observe({}); }

} // namespace baldwin::app
