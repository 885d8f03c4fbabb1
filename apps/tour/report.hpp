// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The tour's report: one HTML file that needs nothing else, for a reader who was not there.
#pragma once

#include "chapter.hpp"

#include <baldwin/app/build_info.hpp>
#include <baldwin/app/png_encoder.hpp>
#include <baldwin/app/run_setup.hpp>
#include <baldwin/core/progress.hpp>
#include <baldwin/core/run_directory.hpp>
#include <baldwin/core/svg.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace baldwin::app {

/// A chapter and what it handed back.
struct ReportedChapter {
    std::string title;
    ChapterResult result;
};

/// What the report says of the run as a whole.
struct ReportFacts {
    std::string command; ///< the tour's own
    std::uint64_t seed = 0;
    std::size_t threads = 0;
    double seconds = 0; ///< that the tour took
};

namespace detail {

/// Colours come in pairs, light and dark; paper is always light.
inline constexpr std::string_view kReportStyle = R"(
:root{color-scheme:light dark;--ground:#fff;--ink:#1d2228;--muted:#5c6570;--line:#e2e6eb;--soft:#f5f7f9}
@media (prefers-color-scheme:dark){:root{--ground:#14181d;--ink:#e6eaef;--muted:#9ea8b3;--line:#303740;--soft:#1b2027}}
@media print{:root{color-scheme:light;--ground:#fff;--ink:#1d2228;--muted:#5c6570;--line:#e2e6eb;--soft:#f5f7f9}
section,figure,table{break-inside:avoid}main{max-width:none}}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 'DejaVu Sans',Verdana,system-ui,sans-serif}
main{max-width:992px;margin:0 auto;padding:32px 16px 64px}
h1{font-size:28px;line-height:1.25;margin:0 0 4px}h2{font-size:21px;margin:48px 0 8px;padding-top:16px;border-top:1px solid var(--line)}
h3{font-size:16px;margin:24px 0 4px}p{margin:4px 0 12px;max-width:76ch}.muted,figcaption{color:var(--muted)}
.came-out{font-size:18px}
table{border-collapse:collapse;margin:8px 0 16px}td,th{text-align:left;padding:5px 24px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}
td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;font-weight:600}
figure{margin:24px 0}figure svg{max-width:100%;height:auto;display:block}figcaption{font-size:14px;max-width:84ch}
pre{background:var(--soft);border:1px solid var(--line);border-radius:4px;padding:12px 14px;overflow-x:auto;font:13px/1.5 'DejaVu Sans Mono',Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
)";

inline std::string paragraph(std::string_view text, std::string_view kind = {}) {
    const std::string open = kind.empty() ? "<p>" : "<p class=\"" + std::string(kind) + "\">";
    return open + escaped(text) + "</p>\n";
}

inline std::string number_table(const std::vector<ChapterNumber>& numbers) {
    std::string html = "<table><thead><tr><th>what</th><th>result</th><th>to compare</th></tr>"
                       "</thead><tbody>\n";
    for (const ChapterNumber& number : numbers) {
        html += "<tr><td>" + escaped(number.name) + "</td><td class=\"number\">" +
                escaped(number.text) + "</td><td class=\"muted\">" + escaped(number.beside) +
                "</td></tr>\n";
    }
    return html + "</tbody></table>\n";
}

inline std::string figure_html(const ChapterFigure& figure) {
    SvgOptions options{.width = figure.width, .height = figure.height, .style = false};
    options.encoder = png_encoder();
    return "<figure>" + to_svg(figure.scene, options) + "<figcaption>" + escaped(figure.caption) +
           "</figcaption></figure>\n";
}

inline std::string chapter_html(const ReportedChapter& chapter) {
    const ChapterResult& result = chapter.result;
    std::string html = "<h2>" + escaped(chapter.title) + "</h2>\n";
    html += paragraph(result.came_out, "came-out");
    html += "<h3>What was run</h3>\n" + paragraph(result.was_run);
    html += "<h3>On what</h3>\n" + paragraph(result.data);
    html += "<h3>What came out</h3>\n" + number_table(result.numbers);
    for (const ChapterFigure& figure : result.figures) html += figure_html(figure);
    html +=
        "<h3>How to repeat it</h3>\n" +
        paragraph("Run from the project's folder, this gives the same numbers, bit for bit, for "
                  "any number of threads; only times and speeds differ.") +
        "<pre>" + escaped(result.repeat) + "</pre>\n";
    return html;
}

} // namespace detail

/// The whole page.
/// \cost O(points and pixels of all figures)
inline std::string report_html(const std::vector<ReportedChapter>& chapters,
                               const ReportFacts& facts) {
    const std::string day = time_text(std::chrono::system_clock::now(), "%Y-%m-%d %H:%M UTC");
    std::string html = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                       "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                       "<title>Baldwin: the tour</title><style>";
    html += detail::kReportStyle;
    html += svg_style() + "</style></head><body><main>\n<h1>Baldwin: the tour</h1>\n";
    html += detail::paragraph("Baldwin is a C++ toolkit for neuro-inspired and evolutionary "
                              "learning. This page was written by its program baldwin-tour, "
                              "which ran the experiments below on this machine and took " +
                                  duration_text(facts.seconds) + ".",
                              "muted");
    for (const ReportedChapter& chapter : chapters) html += detail::chapter_html(chapter);
    html += "<h2>About this run</h2>\n<table><tbody>\n";
    const auto row = [&html](std::string_view name, std::string_view value) {
        html += "<tr><td>" + std::string(name) + "</td><td>" + escaped(value) + "</td></tr>\n";
    };
    row("when", day);
    row("processor", cpu_name() + ", " + std::to_string(facts.threads) + " threads");
    row("seed", std::to_string(facts.seed));
    row("program", "Baldwin " + std::string(kVersion) + ", revision " + std::string(kRevision) +
                       ", " + std::string(kCompiler));
    row("compiled with", kFlags);
    html += "</tbody></table>\n<p>The whole tour again:</p>\n<pre>" + escaped(facts.command) +
            "</pre>\n";
    html += detail::paragraph("Beside this page lie config.json (every option), metrics.jsonl "
                              "(what was measured on the way), frames/ (the pictures as data) and "
                              "summary.json (the numbers).",
                              "muted");
    return html + "</main></body></html>\n";
}

} // namespace baldwin::app
