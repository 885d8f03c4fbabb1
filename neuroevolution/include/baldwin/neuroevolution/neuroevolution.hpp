// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// All of neuroevolution.
#pragma once

#include <baldwin/neuroevolution/algorithm.hpp>
#include <baldwin/neuroevolution/batch.hpp>
#include <baldwin/neuroevolution/cells.hpp>
#include <baldwin/neuroevolution/decoder.hpp>
#include <baldwin/neuroevolution/evaluation.hpp>
#include <baldwin/neuroevolution/evolution.hpp>
#include <baldwin/neuroevolution/fwd.hpp>
#include <baldwin/neuroevolution/genetic.hpp>
#include <baldwin/neuroevolution/genome.hpp>
#include <baldwin/neuroevolution/genome_code.hpp>
#include <baldwin/neuroevolution/genome_file.hpp>
#include <baldwin/neuroevolution/local_engine.hpp>
#include <baldwin/neuroevolution/map_elites.hpp>
#include <baldwin/neuroevolution/normaliser.hpp>
#include <baldwin/neuroevolution/novelty.hpp>
#include <baldwin/neuroevolution/parent_cache.hpp>
#include <baldwin/neuroevolution/report.hpp>
#include <baldwin/neuroevolution/safe_mutation.hpp>
#include <baldwin/neuroevolution/safe_rule.hpp>
#include <baldwin/neuroevolution/seeds.hpp>
#include <baldwin/neuroevolution/sigma.hpp>
#include <baldwin/neuroevolution/start.hpp>
#include <baldwin/neuroevolution/strategy.hpp>
