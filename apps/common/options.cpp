// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/app/main.hpp>
#include <baldwin/app/options.hpp>
#include <baldwin/app/parse.hpp>
#include <baldwin/core/json.hpp>

#include <boost/program_options/cmdline.hpp>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <initializer_list>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::app {

namespace {

namespace po = boost::program_options;

po::options_description description(const std::deque<Option>& options) {
    po::options_description all;
    for (const Option& option : options) {
        auto* value = po::value<std::string>();
        if (option.value.empty()) value->implicit_value("true");
        all.add_options()(option.name.c_str(), value);
    }
    return all;
}

// Words of \p text in lines that start at a column; the first line is already that far.
std::string wrapped_text(std::string_view text, std::size_t column, std::size_t width) {
    std::string result;
    std::size_t at = column;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (at > column && at + 1 + word.size() > width) {
            result += "\n" + std::string(column, ' ');
            at = column;
        }
        if (at > column) result += ' ';
        result += word;
        at += word.size() + 1;
    }
    return result;
}

} // namespace

Option& OptionTable::number(std::string_view name, double& field, std::string_view help,
                            NumberRange range) {
    Option& option = add(name, "X", help, shortest_text(field));
    option.range = to_string(range);
    option.set = [&field, range, what = dashed(name)](std::string_view text) {
        field = parse_number(text, range, what);
    };
    option.json = [&field] { return Json(field); };
    return option;
}

Option& OptionTable::text(std::string_view name, std::string& field, std::string_view value,
                          std::string_view help) {
    Option& option = add(name, value, help, field);
    option.set = [&field](std::string_view given) { field = given; };
    option.json = [&field] { return Json(field); };
    return option;
}

Option& OptionTable::flag(std::string_view name, bool& field, std::string_view help) {
    Option& option = add(name, "", help, "");
    option.set = [&field, what = dashed(name)](std::string_view text) {
        field = parse_flag(text, what);
    };
    option.json = [&field] { return Json(field); };
    return option;
}

const Option* OptionTable::find(std::string_view name) const noexcept {
    const auto found = std::find_if(options_.begin(), options_.end(),
                                    [&](const Option& option) { return option.name == name; });
    return found == options_.end() ? nullptr : &*found;
}

Json OptionTable::to_json(std::initializer_list<Role> roles) const {
    Json values = Json::object();
    for (const Option& option : options_) {
        if (std::find(roles.begin(), roles.end(), option.role) != roles.end()) {
            values[option.name] = option.json();
        }
    }
    return values;
}

void OptionTable::add_metric(std::string_view name, std::string_view unit) {
    metrics_[name] = unit;
}

Option& OptionTable::add(std::string_view name, std::string_view value, std::string_view help,
                         std::string preset) {
    Option option;
    option.name = name;
    option.value = value;
    option.help = help;
    option.preset = std::move(preset);
    return options_.emplace_back(std::move(option));
}

void OptionTable::fail_unknown(std::string_view name, std::string_view prefix) const {
    const auto distance = [&](const Option& option) { return edit_distance(option.name, name); };
    const auto nearest =
        std::min_element(options_.begin(), options_.end(),
                         [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
    const bool is_near = nearest != options_.end() &&
                         distance(*nearest) <= std::max<std::size_t>(1, name.size() / 3);
    throw UsageError(std::string(prefix) + std::string(name) + "; " +
                     (is_near ? "did you mean --" + nearest->name + "?" : "see --help"));
}

OptionTexts OptionTable::read_command_line(const std::vector<std::string>& arguments) const {
    using Style = po::command_line_style::style_t;
    // exact long names only: a guessed name would change its meaning with the next option
    constexpr int kStyle = Style::allow_long | Style::long_allow_adjacent | Style::long_allow_next;
    const auto all = description(options_);
    OptionTexts texts;
    try {
        const auto parsed = po::command_line_parser(arguments).options(all).style(kStyle).run();
        for (const auto& option : parsed.options) {
            if (option.position_key < 0) continue;
            if (words_ != nullptr) {
                words_->push_back(option.value.at(0));
                continue;
            }
            throw UsageError("'" + option.value.at(0) +
                             "' is not expected here; options are "
                             "--name value, see --help");
        }
        po::variables_map values;
        po::store(parsed, values);
        for (const auto& [name, value] : values) texts[name] = value.as<std::string>();
    } catch (const po::unknown_option& error) {
        const std::string name = error.get_option_name();
        const std::size_t start = std::min(name.find_first_not_of('-'), name.size());
        fail_unknown(name.substr(start, name.find('=', start) - start), "unknown option --");
    } catch (const po::error& error) {
        throw UsageError(std::string(error.what()) + "; see --help");
    }
    return texts;
}

OptionTexts OptionTable::read_config(const Json& config, const std::string& origin) const {
    if (!config.is_object()) throw UsageError(origin + " must be a JSON object of options");
    const auto app = config.find("app");
    if (app != config.end() && *app != app_) {
        throw UsageError(origin + " is a config of " + app->dump() + ", not of " + app_);
    }
    const bool is_wrapped = config.contains("options");
    const Json& values = is_wrapped ? config["options"] : config;
    if (!values.is_object()) throw UsageError(origin + ": \"options\" must be an object");
    OptionTexts texts;
    for (const auto& [name, value] : values.items()) {
        if (name == "app" && !is_wrapped) continue;
        const Option* option = find(name);
        if (option == nullptr) fail_unknown(name, origin + ": unknown option ");
        if (!option->is_stored() && name != "out") {
            throw UsageError(origin + ": " + name + " belongs on the command line, not in a file");
        }
        if (value.is_structured() || value.is_null()) {
            throw UsageError(origin + ": " + name + " must be a number, a text, true or false");
        }
        texts[name] = value.is_string() ? value.get<std::string>() : value.dump();
    }
    return texts;
}

void OptionTable::assign(std::initializer_list<const OptionTexts*> sources) const {
    for (const Option& option : options_) {
        for (const OptionTexts* source : sources) {
            const auto given = source->find(option.name);
            if (given == source->end()) continue;
            option.set(given->second);
            break;
        }
    }
}

std::string OptionTable::help_text(std::size_t width) const {
    constexpr std::size_t kColumn = 26;
    std::string text = app_ + ": " + wrapped_text(purpose_, 0, width) + "\n\nusage: " + app_ +
                       " [options]" + (words_usage_.empty() ? "" : " ") + words_usage_ + "\n\n";
    for (const Option& option : options_) {
        std::string left = "  --" + option.name + (option.value.empty() ? "" : " ") + option.value;
        left += left.size() + 2 > kColumn ? "\n" + std::string(kColumn, ' ')
                                          : std::string(kColumn - left.size(), ' ');
        std::string right = option.help;
        std::string facts = option.value.empty()    ? "off by default"
                            : option.preset.empty() ? "no default"
                                                    : "default " + option.preset;
        if (!option.range.empty()) facts += "; " + option.range;
        right += " [" + facts + "]";
        text += left + wrapped_text(right, kColumn, width) + "\n";
    }
    for (const std::string& note : notes_) text += "\n" + wrapped_text(note, 0, width) + "\n";
    return text;
}

std::optional<OptionTexts> read_options(const OptionTable& table, const bool& help,
                                        const std::vector<std::string>& arguments) {
    OptionTexts given = table.read_command_line(arguments);
    table.assign({&given});
    if (!help) return given;
    std::cout << table.help_text();
    return std::nullopt;
}

} // namespace baldwin::app
