// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// baldwin-tour: runs each chapter's experiment for its share of the time and writes report.html.

#include "chapter.hpp"
#include "chapters.hpp"
#include "report.hpp"

#include <baldwin/app/common_options.hpp>
#include <baldwin/app/demo.hpp>
#include <baldwin/app/images.hpp>
#include <baldwin/app/live.hpp>
#include <baldwin/app/main.hpp>
#include <baldwin/app/options.hpp>
#include <baldwin/app/run_setup.hpp>
#include <baldwin/core/file.hpp>
#include <baldwin/core/json.hpp>
#include <baldwin/core/parallel.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace baldwin::app {
namespace {

/// Values of the options of baldwin-tour.
struct TourOptions {
    CommonOptions common;
    double seconds = 60;
    bool full = false;
    std::string chapters = "all";

    TourOptions() { common.data = "fashion-mnist"; }

    void declare(OptionTable& table) {
        common.declare(table);
        table.number("seconds", seconds,
                     "about how long the tour takes in all, seconds; decides how much is learned",
                     {1, 86400});
        table.flag("full", full, "the long form, however long it takes");
        for (const char* set : {"train", "validation"}) {
            table.add_metric(std::string(set) + "_loss", "nats");
            table.add_metric(std::string(set) + "_accuracy", "share");
        }
        table.text("chapters", chapters, "NAMES",
                   "all, or names with commas between: training, memory, evolution");
    }
};

/// The command that runs the same tour again.
std::string tour_command(const TourOptions& options) {
    std::string command = "scripts/demo --seed " + std::to_string(options.common.seed);
    if (options.full)
        command += " --full";
    else
        command += " --seconds " + shortest_text(options.seconds);
    if (options.chapters != "all") command += " --chapters " + options.chapters;
    if (options.common.data != "fashion-mnist") command += " --data '" + options.common.data + "'";
    return command;
}

Json summary_of(const std::vector<Chapter>& chapters,
                const std::vector<ReportedChapter>& reported) {
    Json summary = {{"chapters", Json::array()}};
    for (std::size_t i = 0; i < reported.size(); ++i) {
        Json chapter = {{"name", chapters[i].name}, {"repeat", reported[i].result.repeat}};
        for (const ChapterNumber& number : reported[i].result.numbers) {
            chapter[number.key] = number.value;
        }
        chapter.update(reported[i].result.more);
        summary["chapters"].push_back(std::move(chapter));
    }
    return summary;
}

ExitCode tour(const std::vector<std::string>& arguments) {
    const auto began = std::chrono::steady_clock::now();
    TourOptions options;
    OptionTable table("baldwin-tour",
                      "Runs each chapter's experiment for its share of the time and writes a "
                      "report with what came out and how to repeat it.");
    options.declare(table);
    if (read_options(table, options.common, arguments)) return ExitCode::done;
    const std::vector<Chapter> chapters = chosen_chapters(options.chapters);
    double shares = 0;
    for (const Chapter& chapter : chapters) shares += chapter.share;
    limit_threads(options.common.threads);
    make_data_absolute(options.common);
    for (const Chapter& chapter : chapters) chapter.prepare(options.common);
    Run run(table, options.common, "tour: " + options.chapters);
    Live live(options.common.view, "Baldwin: the tour", run);
    std::vector<ReportedChapter> reported;
    for (const Chapter& chapter : chapters) {
        run.progress().note(chapter.title);
        ChapterContext context{.run = run,
                               .live = live,
                               .common = options.common,
                               .executor = Executor(options.common.threads),
                               .seconds = options.seconds * chapter.share / shares,
                               .is_full = options.full};
        auto result = chapter.run(context);
        if (!result) {
            run.finish(run.saved_step(), true, summary_of(chapters, reported));
            return ExitCode::interrupted;
        }
        reported.push_back({chapter.title, std::move(*result)});
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const auto path = std::filesystem::absolute(run.directory().path() / "report.html");
    write_file(path,
               bytes_of(report_html(reported, {.command = tour_command(options),
                                               .seed = options.common.seed,
                                               .threads = options.common.threads,
                                               .seconds = took.count()})),
               Sync::no);
    Json summary = summary_of(chapters, reported);
    summary["report"] = "report.html";
    run.finish(reported.back().result.steps, false, summary);
    for (const ReportedChapter& chapter : reported) {
        std::cout << chapter.title << "\n  " << chapter.result.came_out << "\n";
    }
    std::cout << "The report:\n" << path.lexically_normal().string() << std::endl;
    live.stay();
    return ExitCode::done;
}

} // namespace
} // namespace baldwin::app

int main(int argc, char** argv) {
    using namespace baldwin::app;
    return run_main_with_demo("baldwin-tour", arguments_of(argc, argv), tour);
}
