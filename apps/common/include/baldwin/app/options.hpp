// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// The options of a program, declared once: command line, --config, --help and config.json.
#pragma once

#include <baldwin/app/main.hpp>
#include <baldwin/app/parse.hpp>
#include <baldwin/core/json.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
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
                   NumberRange range = {});
    /// Any text; \p value stands for it in --help.
    Option& text(std::string_view name, std::string& field, std::string_view value,
                 std::string_view help);
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
    Option& flag(std::string_view name, bool& field, std::string_view help);

    [[nodiscard]] const std::string& app() const noexcept { return app_; }
    [[nodiscard]] const std::deque<Option>& options() const noexcept { return options_; }
    /// The option of that name, or nullptr.
    [[nodiscard]] const Option* find(std::string_view name) const noexcept;

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
                                                                    Role::conduct}) const;
    /// Declares a metric that the program writes, with its unit ("nats", "share"; empty: none), so
    /// that config.json tells readers what the numbers are.
    void add_metric(std::string_view name, std::string_view unit);
    /// {name: unit} of the declared metrics.
    [[nodiscard]] const Json& metrics() const noexcept { return metrics_; }
    /// Adds a paragraph to the end of --help, such as the keys of summary.json.
    void add_note(std::string note) { notes_.push_back(std::move(note)); }
    /// What --help prints.
    [[nodiscard]] std::string help_text(std::size_t width = 96) const;

private:
    static std::string dashed(std::string_view name) { return "--" + std::string(name); }
    Option& add(std::string_view name, std::string_view value, std::string_view help,
                std::string preset);
    [[noreturn]] void fail_unknown(std::string_view name, std::string_view prefix) const;

    std::string app_;
    std::string purpose_;
    std::vector<std::string> notes_;
    Json metrics_ = Json::object();
    std::vector<std::string>* words_ = nullptr;
    std::string words_usage_;
    std::deque<Option> options_; // references stay valid while it grows
};

/// Reads the command line of what opens no run.
/// \param help  the field of the table's --help
/// \return what was given; nothing if --help was, whose text is printed then
/// \throws UsageError as read_command_line() and assign() do
[[nodiscard]] std::optional<OptionTexts> read_options(const OptionTable& table, const bool& help,
                                                      const std::vector<std::string>& arguments);

} // namespace baldwin::app
