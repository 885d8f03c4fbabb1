// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// What windows cost, in software rendering on an Xvfb of their own: opening and panning runs as
/// baldwin-view does, a run of ten million lines, a live view beside its run.
/// usage: viz_bench --json FILE [--only PART] [--lines N]

#include "../support/program.hpp"
#include "private_display.hpp"
#include "run_source.hpp"

#include <baldwin/core/metrics.hpp>
#include <baldwin/core/plot.hpp>
#include <baldwin/core/run_directory.hpp>
#include <baldwin/core/scene_json.hpp>
#include <baldwin/viz/live_view.hpp>
#include <baldwin/viz/window.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace baldwin;
using Clock = std::chrono::steady_clock;

struct ViewOptions {
    std::string json;
    std::string only;                 ///< part of the keys to report
    std::uint64_t lines = 10'000'000; ///< of the long run
};

/// One key of the report.
struct Figure {
    std::string name;
    double value;
    std::string unit;
    double goal;
    bool is_most = true; ///< the goal is to stay below
};

double seconds_since(Clock::time_point began) {
    return std::chrono::duration<double>(Clock::now() - began).count();
}

/// A folder for runs, removed with what is in it.
class Folder {
public:
    Folder()
        : path_(std::filesystem::temp_directory_path() /
                ("viz_bench-" + std::to_string(::getpid()))) {
        std::filesystem::create_directory(path_);
    }
    ~Folder() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] std::filesystem::path operator/(const char* name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

/// A window as baldwin-view opens it.
struct OpenRun {
    explicit OpenRun(const std::filesystem::path& path)
        : source({path}), window(source, {.title = "viz_bench", .cpu_share = 1}) {}

    /// A turn of the loop of Window::run().
    void turn() {
        window.tick();
        std::this_thread::sleep_for(std::chrono::milliseconds(4));
    }
    /// Turns until a condition holds and what it is about was painted.
    void turn_until(const std::function<bool()>& holds) {
        const auto began = Clock::now();
        while (!holds()) {
            if (seconds_since(began) > 120) throw std::runtime_error("a window is not done");
            turn();
        }
        // at sixty pictures a second the next one is there by then, if there is one
        const auto held = Clock::now();
        while (seconds_since(held) < 0.02) turn();
    }

    app::RunSource source;
    viz::Window window;
};

/// 10,000 steps of twenty metrics.
void write_wide_run(const std::filesystem::path& path) {
    const auto run = RunDirectory::create(path);
    run.write_config({{"app", "viz_bench"}});
    MetricsWriter metrics(run.metrics_path());
    for (std::uint64_t step = 0; step < 10'000; ++step) {
        const double x = static_cast<double>(step);
        std::vector<Metric> row;
        for (int i = 0; i < 20; ++i) {
            row.push_back({"metric" + std::to_string(i),
                           std::exp(-1e-4 * (i + 1) * x) + 0.1 * std::sin(0.37 * x + i)});
        }
        metrics.write(step, 1e-2 * x, row);
    }
}

void write_long_run(const std::filesystem::path& path, std::uint64_t lines) {
    const auto run = RunDirectory::create(path);
    run.write_config({{"app", "viz_bench"}, {"metrics", {{"loss", "nats"}}}});
    MetricsWriter metrics(run.metrics_path());
    for (std::uint64_t step = 0; step < lines; ++step) {
        const double x = static_cast<double>(step);
        const double loss = std::round(1e6 / (1 + 1e-6 * x) + 5e4 * std::sin(0.7 * x)) / 1e6;
        const double accuracy = std::round(1e4 * std::tanh(1e-6 * x)) / 1e4;
        metrics.write(step, 1e-3 * x, {{"loss", loss}, {"accuracy", accuracy}});
    }
}

/// Whether every metric of a run has points to draw.
bool has_curves(const viz::Source& source) {
    const std::size_t metrics = source.metrics().size();
    for (std::size_t metric = 0; metric < metrics; ++metric) {
        const auto steps = source.extent(0, metric);
        if (!steps) return false;
        if (source.curve({.metric = metric, .steps = *steps, .columns = 100}).empty()) return false;
    }
    return metrics > 0;
}

/// Most memory that this process ever had, MiB; pages of libraries included, read files not.
double peak_memory() {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
    }
    throw std::runtime_error("/proc/self/status tells no VmHWM");
}

/// First: what it takes must not hide behind what others took.
std::vector<Figure> open_long_run(std::uint64_t lines) {
    const Folder folder;
    write_long_run(folder / "long", lines);
    const auto began = Clock::now();
    OpenRun open(folder / "long");
    open.turn_until([&] { return has_curves(open.source); });
    const double first = seconds_since(began);
    open.turn_until([&] { return open.source.loaded() >= 1; });
    const double whole = seconds_since(began);
    return {{"long_run_first_picture", first, "s", 2},
            {"long_run_complete", whole, "s", 10},
            {"long_run_memory", peak_memory(), "MiB", 1024}};
}

/// Pictures a second while a chart is dragged to and fro, its curves zoomed to half.
double pan_rate(OpenRun& open) {
    viz::Workspace& workspace = open.window.workspace();
    const viz::Pane& pane = workspace.panes().front();
    const Rect& plot = pane.chart.place()->plot;
    const Point middle = {pane.surface.at.x + plot.x + plot.width / 2,
                          pane.surface.at.y + plot.y + plot.height / 2};
    using Kind = viz::InputEvent::Kind;
    const auto send = [&](Kind kind, Point at) {
        workspace.handle({.kind = kind, .at = at, .wheel = 3}, 0);
    };
    send(Kind::move, middle);
    send(Kind::wheel, middle);
    send(Kind::press, middle);
    const std::uint64_t painted = open.window.frames();
    const auto began = Clock::now();
    for (int i = 0; seconds_since(began) < 3; ++i) {
        send(Kind::move, {middle.x + 40 * std::sin(0.1 * i), middle.y});
        open.turn();
    }
    const double seconds = seconds_since(began);
    send(Kind::release, middle);
    return static_cast<double>(open.window.frames() - painted) / seconds;
}

std::vector<Figure> open_wide_run() {
    const Folder folder;
    write_wide_run(folder / "wide");
    const auto began = Clock::now();
    OpenRun open(folder / "wide");
    open.turn_until([&] { return open.source.loaded() >= 1 && has_curves(open.source); });
    const double opened = seconds_since(began);
    return {{"wide_run_open", opened, "s", 1},
            {"wide_run_pan", pan_rate(open), "pictures/s", 30, false}};
}

/// Three numbers a step and a scene of two panels, as often as the window asks.
void report(viz::LiveView& view, double seconds, std::uint64_t& step) {
    const auto began = Clock::now();
    while (seconds_since(began) < seconds) {
        const double x = static_cast<double>(++step);
        const Metric metrics[] = {{"train_loss", 1 / (1 + 1e-3 * x) + 0.05 * std::sin(x)},
                                  {"test_loss", 1 / (1 + 1e-3 * x)},
                                  {"rate", 0.01}};
        view.record(step, metrics);
        if (view.wants_scene()) {
            Image image{.rows = 28, .columns = 28};
            for (int i = 0; i < 784; ++i)
                image.values.push_back(static_cast<float>(std::sin(0.1 * x + i)));
            Scene scene;
            scene.panels.push_back({.title = "filter", .items = {image}});
            scene.panels.push_back(
                bar_chart("answers", {"a", "b", "c"}, std::vector{x, 2.0, 3.0}, {.label = "n"}));
            view.show(step, "network", std::move(scene));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

std::vector<Figure> watch_live() {
    viz::LiveOptions options;
    options.window.title = "viz_bench live";
    viz::LiveView view(options);
    std::uint64_t step = 0;
    report(view, 3, step); // fonts and OpenGL start
    const double cpu = view.cpu_seconds();
    const std::uint64_t frames = view.frames();
    const auto began = Clock::now();
    report(view, 10, step);
    const double seconds = seconds_since(began);
    return {{"live_share", 100 * (view.cpu_seconds() - cpu) / seconds, "% of a core", 5},
            {"live_rate", static_cast<double>(view.frames() - frames) / seconds, "pictures/s", 5,
             false}};
}

std::string object(const Figure& figure) {
    char text[160];
    std::snprintf(text, sizeof text, "\": {\"ours\": %.4g, \"unit\": \"%s\", \"goal\": %.4g}",
                  figure.value, figure.unit.c_str(), figure.goal);
    return "  \"" + figure.name + text;
}

ViewOptions parse(int count, char** arguments) {
    ViewOptions options;
    const auto take = [&](const std::string& name, const std::string& value) {
        if (name == "--json") {
            options.json = value;
        } else if (name == "--only") {
            options.only = value;
        } else if (name == "--lines") {
            options.lines = std::stoull(value);
        } else {
            return false;
        }
        return true;
    };
    bench::read_options(count, arguments, take);
    if (options.json.empty()) throw std::invalid_argument("--json FILE is required");
    return options;
}

void run(const ViewOptions& options) {
    // software rendering, whatever the machine has; it ends with the process, because SFML keeps
    // its connection until then
    static const auto* const display = new app::PrivateDisplay;
    (void)display;
    const std::vector<std::pair<std::string, std::function<std::vector<Figure>()>>> parts = {
        {"long_run", [&] { return open_long_run(options.lines); }},
        {"wide_run", [] { return open_wide_run(); }},
        {"live", [] { return watch_live(); }}};
    std::string text;
    for (const auto& [name, part] : parts) {
        if (name.find(options.only) == std::string::npos) continue;
        for (const Figure& figure : part()) {
            std::printf("%-24s %9.3f %s (goal: at %s %.4g)\n", figure.name.c_str(), figure.value,
                        figure.unit.c_str(), figure.is_most ? "most" : "least", figure.goal);
            std::fflush(stdout);
            text += (text.empty() ? "" : ",\n") + object(figure);
        }
    }
    baldwin::bench::write_results(options.json, text);
}

} // namespace

int main(int count, char** arguments) {
    return baldwin::bench::run_main("viz_bench", count, arguments, parse, run);
}
