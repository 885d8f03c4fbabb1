// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

// carries the precompiled header of the tests; holds nothing itself
