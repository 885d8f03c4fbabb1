// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// Test 14 of the reference sheet: save, load, go on, and everything is as it would have been.

#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

#include <baldwin/core/random.hpp>
#include <baldwin/core/safetensors.hpp>
#include <baldwin/sdr/memory_file.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace baldwin::sdr::memory_file_test {
namespace {

/// Two levels with H, D, persistence, partial connections, back-off, a ratchet and decay.
NetworkParameters rich_network() {
    NetworkParameters network;
    network.input = {8, 8};
    LevelParameters first;
    first.grid = {2, 2};
    first.mac.shape = {6, 5};
    first.mac.csa = ndf();
    first.mac.csa.pi_plus = 1;
    first.mac.plasticity.freeze = FreezeScope::unit;
    first.u = {FieldForm::disc, {{2.5, 1.0}, {1.0, 0.7}}};
    first.h = Field{FieldForm::box, {{1.0, 0.8}}};
    first.d = Field{};
    LevelParameters second;
    second.mac.shape = {7, 9};
    second.mac.csa.persistence = 2;
    second.mac.plasticity.weights = WeightPolicy::decaying;
    second.h = Field{};
    network.levels = {first, second};
    return network;
}

std::vector<BitSet> frames(std::uint64_t seed, std::size_t count) {
    std::vector<BitSet> all;
    for (std::uint64_t i = 0; i < count; ++i) all.push_back(random_bits(64, 20, Stream(seed, i)));
    return all;
}

TEST(SdrMemoryFile, GoesOnAsIfItHadNeverBeenSaved) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "memory.safetensors";
    Network network(rich_network(), 5);
    network.learn_all(frames(1, 37));
    write_memory(path, network, {{"encoder", "threshold 128"}});
    Memory memory = read_memory(path);
    EXPECT_EQ(memory.metadata.at("encoder"), "threshold 128");
    EXPECT_EQ(memory.network.parameters(), network.parameters());
    EXPECT_EQ(memory.network.codes(0), network.codes(0));
    // in the middle of an episode, with soft choices: streams and previous codes have to be right
    for (const auto& more : {frames(2, 20), frames(1, 37)}) {
        for (const BitSet& frame : more) {
            network.learn(frame);
            memory.network.learn(frame);
            for (std::size_t l = 0; l < 2; ++l) {
                ASSERT_EQ(memory.network.codes(l), network.codes(l));
            }
        }
    }
    EXPECT_EQ(memory.network.recognise_all(frames(1, 37)), network.recognise_all(frames(1, 37)));
    EXPECT_EQ(memory.network.predict(), network.predict());
    const auto again = folder.path() / "again.safetensors";
    write_memory(path, network);
    write_memory(again, memory.network);
    EXPECT_EQ(read_file(path), read_file(again));
}

TEST(SdrMemoryFile, SaysWhatIsWrong) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "memory.safetensors";
    const auto refusal = [&] { return test::message_of([&] { (void)read_memory(path); }); };
    SafetensorsWriter other;
    other.metadata["format"] = "baldwin-model";
    other.write(path);
    EXPECT_EQ(refusal(),
              path.string() + ": is not an sdr memory: metadata 'format' must be 'baldwin-sdr'");
    other.metadata["format"] = "baldwin-sdr";
    other.metadata["version"] = "2";
    other.write(path);
    EXPECT_EQ(refusal(), path.string() + ": has memory version 2, this program reads version 1");
    other.metadata["version"] = "1";
    other.metadata["network"] = "{\"input\": 3}";
    other.write(path);
    EXPECT_EQ(refusal().find(path.string() + ": metadata 'network': "), 0U) << refusal();

    Network network(rich_network(), 5);
    write_memory(path, network);
    auto wanted = rich_network();
    wanted.levels[0].mac.shape = {16, 12};
    EXPECT_EQ(test::message_of([&] { (void)read_memory(path, wanted); }),
              path.string() + ": holds a memory of another shape: 8 x 8 pixels, 2 x 2 macs of Q = "
                              "6, K = 5, 1 x 1 macs of Q = 7, K = 9; needed: 8 x 8 pixels, 2 x 2 "
                              "macs of Q = 16, K = 12, 1 x 1 macs of Q = 7, K = 9");
    wanted = rich_network();
    wanted.levels[0].mac.csa.slope = 11;
    EXPECT_EQ(test::message_of([&] { (void)read_memory(path, wanted); }),
              path.string() + ": holds a memory with other parameters than are asked for (8 x 8 "
                              "pixels, 2 x 2 macs of Q = 6, K = 5, 1 x 1 macs of Q = 7, K = 9)");
}

// A file whose tensors do not fit its own parameters.
TEST(SdrMemoryFile, ChecksItsTensors) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "memory.safetensors";
    NetworkParameters small;
    small.input = {2, 2};
    small.levels.emplace_back();
    small.levels[0].mac.shape = {2, 3};
    write_memory(path, Network(small, 1));
    SafetensorsFile good = read_safetensors(path);
    SafetensorsWriter bad;
    bad.metadata = good.metadata;
    small.levels[0].mac.shape = {3, 3};
    bad.metadata["network"] = detail::to_json(small).dump();
    for (const auto& [name, entry] : good.entries()) {
        visit(entry.dtype, [&, name = name]<class T>(T) {
            bad.add_copy<T>(name, TensorView<const T>(good.tensor<T>(name)));
        });
    }
    bad.write(path);
    EXPECT_EQ(test::message_of([&] { (void)read_memory(path); }),
              path.string() + ": tensor '0.0.winners' has shape (2), 3 elements are needed");
}

} // namespace
} // namespace baldwin::sdr::memory_file_test
