# SPDX-FileCopyrightText: 2026 the Baldwin authors
# SPDX-License-Identifier: MIT

# Configures all that a plain build has, with OPTION; what cmake says must contain EXPECT. With RUN
# also builds all programs and runs each of them as for a window.

cmake_minimum_required(VERSION 3.24)

if("${EXPECT}" STREQUAL "")
    message(FATAL_ERROR "EXPECT is empty: everything contains that")
endif()

execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD} -G ${GENERATOR}
        -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_BUILD_TYPE=Release -D${OPTION}
    OUTPUT_VARIABLE output ERROR_VARIABLE output ECHO_OUTPUT_VARIABLE
    COMMAND_ERROR_IS_FATAL ANY)
string(FIND "${output}" "${EXPECT}" at)
if(at EQUAL -1)
    message(FATAL_ERROR "cmake did not say: ${EXPECT}")
endif()
if(NOT RUN)
    return()
endif()

set(programs baldwin-evolve baldwin-sdr baldwin-tour baldwin-train baldwin-view)
execute_process(
    COMMAND ${CMAKE_COMMAND} --build ${BUILD} --target ${programs}
    COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE_RECURSE ${BUILD}/runs)
file(MAKE_DIRECTORY ${BUILD}/runs)

# Runs a program, which must end with one of CODES and say on stderr what MATCH describes.
function(run_program codes match program)
    execute_process(
        COMMAND ${BUILD}/bin/${program} ${ARGN}
        RESULT_VARIABLE code ERROR_VARIABLE output ECHO_ERROR_VARIABLE)
    if(NOT code IN_LIST codes)
        message(FATAL_ERROR "${program} ${ARGN}: exit code ${code}")
    endif()
    if(NOT output MATCHES "${match}")
        message(FATAL_ERROR "${program} ${ARGN} did not say: ${match}")
    endif()
endfunction()

set(no_window "no window: [^\n]*SFML; the run goes on")
run_program(0 "${no_window}" baldwin-train --data fashion-mnist --arch "linear 10" --epochs 1
    --train-images 256 --validation 0 --view --out ${BUILD}/runs/train)
run_program(0 "${no_window}" baldwin-evolve run --env CartPole-v1 --population 4 --generations 1
    --view --out ${BUILD}/runs/evolve)
# so few trials need not meet its checks: 3
run_program("0;3" "${no_window}" baldwin-sdr similarity --trials 2
    --view --out ${BUILD}/runs/sdr)
run_program(0 "${no_window}" baldwin-tour --seconds 1 --chapters memory
    --view --out ${BUILD}/runs/tour)
# what is a window and nothing else fails
run_program(1 "without SFML; --svg FILE" baldwin-view ${BUILD}/runs/train)
foreach(program IN LISTS programs)
    run_program(1 "${program}: no window: [^\n]*without SFML" ${program} --demo spirals)
endforeach()
run_program(0 "^$" baldwin-view --svg ${BUILD}/runs/train.svg ${BUILD}/runs/train)
