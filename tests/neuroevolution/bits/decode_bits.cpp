// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Decodes a genome with every start rule and compares with the committed hashes.
///
/// CMakeLists.txt builds this program with several compilers and flags. Exit 0 if all are equal.

#include "../golden.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

int main() {
    using namespace baldwin::neuroevolution;
    int wrong = 0;
    for (std::size_t i = 0; i < kStartRuleNames.size(); ++i) {
        const std::uint64_t hash = test::golden_hash(static_cast<StartRule>(i));
        const bool is_equal = hash == test::kGoldenHashes[i];
        std::printf("%s 0x%s %s\n", std::string(kStartRuleNames[i]).c_str(),
                    baldwin::hash_hex(hash).c_str(), is_equal ? "as committed" : "DIFFERENT");
        wrong += is_equal ? 0 : 1;
    }
    return wrong == 0 ? 0 : 1;
}
