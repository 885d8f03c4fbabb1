# SPDX-FileCopyrightText: 2026 the Baldwin authors
# SPDX-License-Identifier: MIT

# Configures all that a plain build has, with OPTION; what cmake says must contain EXPECT. With RUN
# also builds baldwin-train and runs it with --view.

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

execute_process(
    COMMAND ${CMAKE_COMMAND} --build ${BUILD} --target baldwin-train
    COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE_RECURSE ${BUILD}/run)
execute_process(
    COMMAND ${BUILD}/bin/baldwin-train --data fashion-mnist --arch "linear 10" --epochs 1
        --train-images 256 --validation 0 --view --out ${BUILD}/run
    ERROR_VARIABLE output ECHO_ERROR_VARIABLE
    COMMAND_ERROR_IS_FATAL ANY)
if(NOT output MATCHES "no window: [^\n]*SFML")
    message(FATAL_ERROR "baldwin-train did not say what --view lacks")
endif()
