# SPDX-FileCopyrightText: 2026 the Baldwin authors
# SPDX-License-Identifier: MIT

# Configures, builds and runs tests/consumer/WAY and compares what it prints.

set(folder ${BALDWIN_BUILD}/consumer)
set(options)
if(WAY STREQUAL package)
    file(REMOVE_RECURSE ${folder}/prefix)
    execute_process(
        COMMAND ${CMAKE_COMMAND} --install ${BALDWIN_BUILD} --prefix ${folder}/prefix
            --component headers
        OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
    list(APPEND options -DCMAKE_PREFIX_PATH=${folder}/prefix)
else()
    list(APPEND options -DFETCHCONTENT_SOURCE_DIR_BALDWIN=${BALDWIN_SOURCE})
endif()

# core asks for four libraries: hide what others ask for
foreach(package ZLIB PNG SFML Boost GTest benchmark Torch)
    list(APPEND options -DCMAKE_DISABLE_FIND_PACKAGE_${package}=TRUE)
endforeach()

execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${BALDWIN_SOURCE}/tests/consumer/${WAY} -B ${folder}/${WAY}
        -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_BUILD_TYPE=Release
        -DCMAKE_CXX_FLAGS_RELEASE=-O0 -DCMAKE_CXX_FLAGS=-Wall ${options}
    COMMAND_ERROR_IS_FATAL ANY)
execute_process(
    COMMAND ${CMAKE_COMMAND} --build ${folder}/${WAY}
    OUTPUT_VARIABLE output ERROR_VARIABLE output ECHO_OUTPUT_VARIABLE
    COMMAND_ERROR_IS_FATAL ANY)
if(output MATCHES "warning:|note:")
    message(FATAL_ERROR "the compiler had remarks")
endif()
execute_process(
    COMMAND ${folder}/${WAY}/consumer
    OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
file(READ ${BALDWIN_SOURCE}/tests/consumer/expected.txt expected)
if(NOT output STREQUAL expected)
    message(FATAL_ERROR "printed:\n${output}expected:\n${expected}")
endif()
