// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The options of a program, declared once: command line, --config, --help and config.json.
#pragma once

#include <baldwin/app/main.hpp>
#include <baldwin/app/parse.hpp>
#include <baldwin/core/json.hpp>

#include <boost/program_options/cmdline.hpp>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baldwin::app {

/// What an option is for; decides where it is stored and whether it may stand beside --resume.
enum class Role {
    setting, ///< decides what the run computes: stored, hashed, fixed at --resume
    end,     ///< where the run ends: stored, may become later at --resume
    conduct, ///< how it runs (threads, view): stored, may change at --resume
    place    ///< what to do and where (out, config, help): not stored
};

/// One declared option, bound to a field of the program's.
struct Option {
    std::string name;   ///< without the dashes
    std::string value;  ///< what stands for the value in --help; empty for a flag
    std::string help;   ///< what it is, with its unit
    std::string range;  ///< what is accepted, as --help says it
    std::string preset; ///< the default as --help says it
    Role role = Role::setting;
    bool zero_is_endless = false;              ///< for an end: 0 means no limit
    std::function<void(std::string_view)> set; ///< parses into the field; throws UsageError
    std::function<Json()> json;                ///< the field's value

    /// Declares another role.
    Option& as(Role other) {
        role = other;
        return *this;
    }
    /// An end whose 0 means no limit.
    Option& endless_if_zero() {
        zero_is_endless = true;
        return as(Role::end);
    }
    [[nodiscard]] bool is_stored() const noexcept { return role != Role::place; }
};

/// The values that one source gives, by option name.
using OptionTexts = std::map<std::string, std::string, std::less<>>;

/// The options of one program.
///
/// Fields hold the defaults when they are declared and the user's values after assign(). They
/// must outlive the table.
class OptionTable {
public:
    /// \param app      the program's name, such as "baldwin-train"
    /// \param purpose  one sentence for --help
    OptionTable(std::string app, std::string purpose)
        : app_(std::move(app)), purpose_(std::move(purpose)) {}
    OptionTable(const OptionTable&) = delete;
    OptionTable& operator=(const OptionTable&) = delete;

    /// A whole number.
    template <std::unsigned_integral T>
    Option& count(std::string_view name, T& field, std::string_view help, CountRange range = {}) {
        range.max = std::min<std::uint64_t>(range.max, std::numeric_limits<T>::max());
        Option& option = add(name, "N", help, std::to_string(field));
        option.range = to_string(range);
        option.set = [&field, range, what = dashed(name)](std::string_view text) {
            field = static_cast<T>(parse_count(text, range, what));
        };
        option.json = [&field] { return Json(field); };
        return option;
    }
    /// A real number.
    Option& number(std::string_view name, double& field, std::string_view help,
                   NumberRange range = {}) {
        Option& option = add(name, "X", help, shortest_text(field));
        option.range = to_string(range);
        option.set = [&field, range, what = dashed(name)](std::string_view text) {
            field = parse_number(text, range, what);
        };
        option.json = [&field] { return Json(field); };
        return option;
    }
    /// Any text; \p value stands for it in --help.
    Option& text(std::string_view name, std::string& field, std::string_view value,
                 std::string_view help) {
        Option& option = add(name, value, help, field);
        option.set = [&field](std::string_view given) { field = given; };
        option.json = [&field] { return Json(field); };
        return option;
    }
    /// One of several names, each standing for a value of an enumeration.
    template <class E>
    Option& choice(std::string_view name, E& field, std::string_view help,
                   std::initializer_list<std::pair<std::string_view, E>> choices) {
        std::vector<std::string_view> names;
        std::vector<E> values;
        for (const auto& [key, value] : choices) {
            names.push_back(key);
            values.push_back(value);
        }
        const auto name_of = [names, values](E value) {
            const auto at = std::find(values.begin(), values.end(), value) - values.begin();
            return std::string(names.at(static_cast<std::size_t>(at)));
        };
        Option& option = add(name, "NAME", help, name_of(field));
        for (const auto key : names) {
            option.range += (option.range.empty() ? "" : ", ") + std::string(key);
        }
        option.set = [&field, names, values, what = dashed(name)](std::string_view text) {
            field = values[parse_choice(text, names, what)];
        };
        option.json = [&field, name_of] { return Json(name_of(field)); };
        return option;
    }
    /// Off unless given; --name=false takes back what a config file says.
    Option& flag(std::string_view name, bool& field, std::string_view help) {
        Option& option = add(name, "", help, "");
        option.set = [&field, what = dashed(name)](std::string_view text) {
            field = parse_flag(text, what);
        };
        option.json = [&field] { return Json(field); };
        return option;
    }

    [[nodiscard]] const std::string& app() const noexcept { return app_; }
    [[nodiscard]] const std::deque<Option>& options() const noexcept { return options_; }
    /// The option of that name, or nullptr.
    [[nodiscard]] const Option* find(std::string_view name) const noexcept {
        const auto found = std::find_if(options_.begin(), options_.end(),
                                        [&](const Option& option) { return option.name == name; });
        return found == options_.end() ? nullptr : &*found;
    }

    /// Takes arguments that are no options, such as paths, into \p field; they must stand alone.
    /// \param usage  what stands for them in --help: "RUN [RUN ...]"
    void words(std::vector<std::string>& field, std::string usage) {
        words_ = &field;
        words_usage_ = std::move(usage);
    }

    /// Splits a command line into names and values; nothing is set yet, but for words().
    /// \param arguments  without the program's name
    /// \throws UsageError for unknown, repeated or incomplete options and stray arguments
    [[nodiscard]] OptionTexts read_command_line(const std::vector<std::string>& arguments) const;
    /// The values in a config.json, in what --print-config wrote, or in a flat object of options.
    /// \throws UsageError naming an unknown key, another program's config, or a value of a wrong
    /// kind
    [[nodiscard]] OptionTexts read_config(const Json& config, const std::string& origin) const;
    /// Sets the fields; where several sources give a value the first one wins.
    /// \throws UsageError if a value is not accepted
    void assign(std::initializer_list<const OptionTexts*> sources) const;

    /// The stored options of the given roles with their present values.
    [[nodiscard]] Json to_json(std::initializer_list<Role> roles = {Role::setting, Role::end,
                                                                    Role::conduct}) const {
        Json values = Json::object();
        for (const Option& option : options_) {
            if (std::find(roles.begin(), roles.end(), option.role) != roles.end()) {
                values[option.name] = option.json();
            }
        }
        return values;
    }
    /// Declares a metric that the program writes, with its unit ("nats", "share"; empty: none), so
    /// that config.json tells readers what the numbers are.
    void add_metric(std::string_view name, std::string_view unit) { metrics_[name] = unit; }
    /// {name: unit} of the declared metrics.
    [[nodiscard]] const Json& metrics() const noexcept { return metrics_; }
    /// Adds a paragraph to the end of --help, such as the keys of summary.json.
    void add_note(std::string note) { notes_.push_back(std::move(note)); }
    /// What --help prints.
    [[nodiscard]] std::string help_text(std::size_t width = 96) const;

private:
    static std::string dashed(std::string_view name) { return "--" + std::string(name); }
    Option& add(std::string_view name, std::string_view value, std::string_view help,
                std::string preset) {
        Option option;
        option.name = name;
        option.value = value;
        option.help = help;
        option.preset = std::move(preset);
        return options_.emplace_back(std::move(option));
    }
    [[nodiscard]] boost::program_options::options_description description() const;
    [[noreturn]] void fail_unknown(std::string_view name, std::string_view prefix) const;

    std::string app_;
    std::string purpose_;
    std::vector<std::string> notes_;
    Json metrics_ = Json::object();
    std::vector<std::string>* words_ = nullptr;
    std::string words_usage_;
    std::deque<Option> options_; // references stay valid while it grows
};

inline boost::program_options::options_description OptionTable::description() const {
    namespace po = boost::program_options;
    po::options_description all;
    for (const Option& option : options_) {
        auto* value = po::value<std::string>();
        if (option.value.empty()) value->implicit_value("true");
        all.add_options()(option.name.c_str(), value);
    }
    return all;
}

inline void OptionTable::fail_unknown(std::string_view name, std::string_view prefix) const {
    const auto distance = [&](const Option& option) { return edit_distance(option.name, name); };
    const auto nearest =
        std::min_element(options_.begin(), options_.end(),
                         [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
    const bool is_near = nearest != options_.end() &&
                         distance(*nearest) <= std::max<std::size_t>(1, name.size() / 3);
    throw UsageError(std::string(prefix) + std::string(name) + "; " +
                     (is_near ? "did you mean --" + nearest->name + "?" : "see --help"));
}

inline OptionTexts OptionTable::read_command_line(const std::vector<std::string>& arguments) const {
    namespace po = boost::program_options;
    using Style = po::command_line_style::style_t;
    // exact long names only: a guessed name would change its meaning with the next option
    constexpr int kStyle = Style::allow_long | Style::long_allow_adjacent | Style::long_allow_next;
    const auto all = description();
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

inline OptionTexts OptionTable::read_config(const Json& config, const std::string& origin) const {
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

inline void OptionTable::assign(std::initializer_list<const OptionTexts*> sources) const {
    for (const Option& option : options_) {
        for (const OptionTexts* source : sources) {
            const auto given = source->find(option.name);
            if (given == source->end()) continue;
            option.set(given->second);
            break;
        }
    }
}

/// Words of \p text in lines that start at a column; the first line is already that far.
inline std::string wrapped_text(std::string_view text, std::size_t column, std::size_t width) {
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

inline std::string OptionTable::help_text(std::size_t width) const {
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

} // namespace baldwin::app
