// SPDX-FileCopyrightText: 2026 the Baldwin authors
// SPDX-License-Identifier: MIT

/// \file
/// Forward declarations of neuroevolution's main types.
#pragma once

namespace baldwin::neuroevolution {

// genomes
struct Mutation;
struct Genome;
struct GenomeFile;
struct Normaliser;
class Decoder;

// evaluation
struct Candidate;
struct Episode;
struct Evaluation;
struct Batch;
struct EvaluatedBatch;
class Engine;
class LocalEngine;

// algorithms: ask and tell
struct Champion;
struct GenerationReport;
class Algorithm;
class GeneticAlgorithm;
class EvolutionStrategy;
class MapElites;
class Evolution;

// behaviours
class NoveltyArchive;

} // namespace baldwin::neuroevolution
