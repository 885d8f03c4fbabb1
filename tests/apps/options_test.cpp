// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

#include <baldwin/app/common_options.hpp>
#include <baldwin/app/options.hpp>
#include <baldwin/core/run_directory.hpp>

#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace baldwin::app::options_test {
namespace {

using test::message_of;
using test::TemporaryFolder;

enum class Colour { red, green };

// a program with one option of each kind
struct Program {
    CommonOptions common;
    double rate = 0.5;
    std::size_t epochs = 3;
    double max_seconds = 0;
    Colour colour = Colour::green;
    bool is_fast = false;
    std::string name = "nobody";
    OptionTable table{"baldwin-test", "Tests options."};

    Program() {
        common.declare(table);
        table.number("rate", rate, "learning rate", {0, 10, true});
        table.count("epochs", epochs, "passes over the data", {1, 1000}).as(Role::end);
        table.number("max-seconds", max_seconds, "time").endless_if_zero();
        table.choice("colour", colour, "paint", {{"red", Colour::red}, {"green", Colour::green}});
        table.flag("fast", is_fast, "hurry");
        table.text("name", name, "TEXT", "who");
    }
    bool read(const std::vector<std::string>& arguments) {
        return read_options(table, common, arguments);
    }
};

std::string refusal(const std::vector<std::string>& arguments) {
    Program program;
    return message_of<UsageError>([&] { program.read(arguments); });
}

TEST(AppOptions, DefaultsStayUnlessGiven) {
    Program program;
    EXPECT_FALSE(program.read({}));
    EXPECT_EQ(program.rate, 0.5);
    EXPECT_EQ(program.common.seed, 1U);
}

TEST(AppOptions, EachKindIsRead) {
    Program program;
    program.read({"--rate", "1e-3", "--epochs=7", "--colour", "red", "--fast", "--name", "a b",
                  "--seed", "18446744073709551615", "--threads", "2"});
    EXPECT_EQ(program.rate, 1e-3);
    EXPECT_EQ(program.epochs, 7U);
    EXPECT_EQ(program.colour, Colour::red);
    EXPECT_TRUE(program.is_fast);
    EXPECT_EQ(program.name, "a b");
    EXPECT_EQ(program.common.seed, UINT64_MAX);
    EXPECT_EQ(program.common.threads, 2U);
}

TEST(AppOptions, AFlagTakesTrueOrFalseOrNothing) {
    for (const std::vector<std::string>& off :
         {std::vector<std::string>{"--fast=false"}, {"--fast", "false"}}) {
        Program program;
        program.is_fast = true;
        program.read(off);
        EXPECT_FALSE(program.is_fast);
    }
    Program program;
    program.read({"--fast", "--rate", "1"});
    EXPECT_TRUE(program.is_fast);
    EXPECT_EQ(refusal({"--fast", "maybe"}), "--fast must be true or false, got 'maybe'");
}

TEST(AppOptions, NumbersThatAreNoneAreRefusedWithValueAndRange) {
    for (const char* value :
         {"nan", "inf", "-inf", "abc", "", "1x", "0", "-1", "11", "0x1", " 1"}) {
        const auto message = refusal({"--rate", value});
        EXPECT_EQ(message, "--rate must be a number > 0, <= 10, got '" + std::string(value) + "'");
    }
}

TEST(AppOptions, CountsThatAreNoneAreRefusedWithValueAndRange) {
    for (const char* value : {"0", "-1", "1.5", "nan", "1025", "99999999999999999999", "1e1"}) {
        const auto message = refusal({"--threads", value});
        EXPECT_EQ(message,
                  "--threads must be a whole number 1 to 1024, got '" + std::string(value) + "'");
    }
}

TEST(AppOptions, AChoiceThatIsNoneIsRefusedWithTheList) {
    EXPECT_EQ(refusal({"--colour", "blue"}), "--colour must be one of red, green, got 'blue'");
}

TEST(AppOptions, AnUnknownOptionIsNamedWithTheNearest) {
    EXPECT_EQ(refusal({"--epoch", "3"}), "unknown option --epoch; did you mean --epochs?");
    EXPECT_EQ(refusal({"--zzzzzz", "3"}), "unknown option --zzzzzz; see --help");
    EXPECT_EQ(refusal({"--zzzzzz=3"}), "unknown option --zzzzzz; see --help");
}

TEST(AppOptions, NamesAreNeverGuessed) {
    EXPECT_NE(refusal({"--rat", "1"}).find("unknown option"), std::string::npos);
    EXPECT_NE(refusal({"--thread", "1"}).find("unknown option"), std::string::npos);
}

TEST(AppOptions, StrayRepeatedAndIncompleteOnesAreRefused) {
    EXPECT_NE(refusal({"hello"}).find("'hello' is not expected"), std::string::npos);
    EXPECT_NE(refusal({"-v"}).find("'-v'"), std::string::npos);
    EXPECT_NE(refusal({"--rate", "1", "--rate", "2"}).find("rate"), std::string::npos);
    EXPECT_NE(refusal({"--rate"}).find("rate"), std::string::npos);
}

TEST(AppOptions, WhatPrintConfigWroteIsReadBack) {
    Program first;
    first.read({"--rate", "0.1", "--colour", "red", "--fast", "--name", "x", "--seed", "9"});
    const TemporaryFolder folder;
    write_text(folder / "c.json",
               pretty({{"app", "baldwin-test"}, {"options", first.table.to_json()}}));
    Program second;
    second.read({"--config", folder / "c.json"});
    EXPECT_EQ(second.table.to_json(), first.table.to_json());
}

TEST(AppOptions, TheCommandLineWinsOverTheConfig) {
    const TemporaryFolder folder;
    write_text(folder / "c.json", R"({"rate": 0.25, "epochs": 9, "fast": true})");
    Program program;
    program.read({"--epochs", "4", "--config", folder / "c.json", "--fast=false"});
    EXPECT_EQ(program.rate, 0.25);
    EXPECT_EQ(program.epochs, 4U);
    EXPECT_FALSE(program.is_fast);
}

TEST(AppOptions, ABadConfigIsRefusedByName) {
    const TemporaryFolder folder;
    const auto refused = [&](const std::string& text) {
        write_text(folder / "c.json", text);
        return refusal({"--config", folder / "c.json"});
    };
    EXPECT_NE(refused(R"({"rat": 1})").find("unknown option rat; did you mean --rate?"),
              std::string::npos);
    EXPECT_NE(refused(R"({"app": "baldwin-sdr", "options": {}})").find("baldwin-sdr"),
              std::string::npos);
    EXPECT_NE(refused(R"({"rate": "nan"})").find("--rate must be"), std::string::npos);
    EXPECT_NE(refused(R"({"rate": [1]})").find("rate must be"), std::string::npos);
    EXPECT_NE(refused(R"({"resume": "x"})").find("command line"), std::string::npos);
    EXPECT_NE(refused("{").find("is not JSON"), std::string::npos);
    EXPECT_NE(refused("[]").find("JSON object"), std::string::npos);
    EXPECT_NE(refusal({"--config", "/nowhere/c.json"}).find("/nowhere/c.json"), std::string::npos);
}

// a run directory whose config.json is that of the given command line
class AppResume : public ::testing::Test {
protected:
    void SetUp() override {
        Program program;
        program.read({"--rate", "0.1", "--epochs", "5", "--max-seconds", "60", "--threads", "1"});
        RunDirectory::create(run_).write_config(
            {{"app", "baldwin-test"}, {"options", program.table.to_json()}});
    }
    std::string refusal_with(std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--resume", run_});
        return refusal(arguments);
    }

    TemporaryFolder folder_;
    std::string run_ = folder_ / "run";
};

TEST_F(AppResume, TheRunKeepsItsOptions) {
    Program program;
    program.read({"--resume", run_, "--threads", "2", "--quiet"});
    EXPECT_EQ(program.rate, 0.1);
    EXPECT_EQ(program.epochs, 5U);
    EXPECT_EQ(program.common.threads, 2U);
    EXPECT_TRUE(program.common.quiet);
}

TEST_F(AppResume, OtherOptionsAreRefused) {
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--rate", "0.1"},
                                                      {"--seed", "1"},
                                                      {"--fast"},
                                                      {"--out", "x"},
                                                      {"--config", "x"},
                                                      {"--data", "mnist"}}) {
        const auto message = refusal_with(arguments);
        EXPECT_NE(message.find(arguments[0] + " cannot stand beside --resume"), std::string::npos)
            << message;
    }
}

TEST_F(AppResume, TheEndCanBecomeLaterOnly) {
    Program program;
    program.read({"--resume", run_, "--epochs", "8", "--max-seconds", "0"});
    EXPECT_EQ(program.epochs, 8U);
    EXPECT_EQ(program.max_seconds, 0);
    EXPECT_NE(refusal_with({"--epochs", "4"}).find("only end later"), std::string::npos);
    EXPECT_NE(refusal_with({"--max-seconds", "59"}).find("only end later"), std::string::npos);
}

TEST_F(AppResume, ADirectoryWithoutARunIsRefused) {
    EXPECT_NE(refusal({"--resume", folder_.path().string()}).find("config.json"),
              std::string::npos);
    EXPECT_NE(refusal({"--resume", "/nowhere"}).find("/nowhere"), std::string::npos);
}

TEST_F(AppResume, OtherBitsAreAcceptedForThisCallOnly) {
    Program program;
    program.read({"--resume", run_, "--accept-other-bits"});
    RunDirectory::reopen(run_).write_config(
        {{"app", "baldwin-test"}, {"options", program.table.to_json()}});
    Program again;
    again.read({"--resume", run_});
    EXPECT_FALSE(again.common.accept_other_bits);
}

TEST(AppOptions, HelpNamesEveryOptionWithDefaultAndRange) {
    const Program program;
    const auto text = program.table.help_text();
    for (const Option& option : program.table.options()) {
        EXPECT_NE(text.find("--" + option.name), std::string::npos) << option.name;
    }
    EXPECT_NE(text.find("learning rate [default 0.5; > 0, <= 10]"), std::string::npos) << text;
    EXPECT_NE(text.find("[default green; red, green]"), std::string::npos) << text;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 96U) << line;
}

TEST(AppMain, ExceptionsBecomeOneLineAndACode) {
    const auto run = [](auto body) {
        ::testing::internal::CaptureStderr();
        const int code = run_main("prog", body);
        return std::pair(code, ::testing::internal::GetCapturedStderr());
    };
    using Result = std::pair<int, std::string>;
    EXPECT_EQ(run([] { return ExitCode::done; }), Result(0, ""));
    EXPECT_EQ(run([] { return ExitCode::not_met; }), Result(3, ""));
    EXPECT_EQ(run([]() -> ExitCode { throw UsageError("a\nb"); }), Result(2, "prog: a b\n"));
    EXPECT_EQ(run([]() -> ExitCode { throw std::runtime_error("disk"); }),
              Result(1, "prog: disk\n"));
    EXPECT_EQ(run([]() -> ExitCode { throw std::bad_alloc(); }),
              Result(1, "prog: out of memory\n"));
    EXPECT_EQ(run([]() -> ExitCode {
                  as_usage("--arch", [] { throw std::invalid_argument("x"); });
                  return ExitCode::done;
              }),
              Result(2, "prog: --arch: x\n"));
}

} // namespace
} // namespace baldwin::app::options_test
