# SPDX-FileCopyrightText: 2026 the Baldwin authors
# SPDX-License-Identifier: MIT

# Tests and the checks that every module gets.
#
#   baldwin_add_tests(<name> a_test.cpp b_test.cpp ... LINK module...
#       [SLOW_TESTS filter]     tests that scripts/test leaves out (a GoogleTest filter)
#       [LABELS label...]
#       [DEPENDS target...])    programs that they run, found in BALDWIN_BIN_DIR
#                   one program of several files, compiled as one unit, which takes half as long;
#                   each file has a namespace of its own name. While you work on one file,
#                   -DBALDWIN_UNITY_TESTS=OFF compiles them one by one
#   baldwin_add_smoke(<module> smoke.cpp [NETWORK])
#                   one small program with ASan and UBSan, assertions on; NETWORK: it evaluates
#                   networks or operations, whose code is compiled once, in float
#   baldwin_check_module(<module>)
#                   public headers alone, list against folder; the target details_alone is for the
#                   headers that no program includes by itself
#   baldwin_check_twice(<module>...)
#                   all their headers, each twice, in two files of one program

include(GoogleTest)
find_package(GTest REQUIRED)

option(BALDWIN_UNITY_TESTS "Compile the files of a test program as one unit" ON)

# a list with commas, such as address,undefined, is nothing for a generator expression
if(BALDWIN_SANITIZE)
    set(is_sanitized 1)
else()
    set(is_sanitized 0)
endif()
set(test_definitions
    BALDWIN_GOLDEN_DIR="${PROJECT_SOURCE_DIR}/tests/golden"
    BALDWIN_BIN_DIR="${PROJECT_BINARY_DIR}/bin"
    BALDWIN_TEST_IS_SANITIZED=${is_sanitized})

# half of what -O3 takes to compile; the operations and networks that tests run are at -O3
set(test_optimisation "$<$<CONFIG:Release>:-Og>")

# what most tests parse, parsed once
add_library(baldwin_test_pch OBJECT ${CMAKE_CURRENT_LIST_DIR}/test_pch.cpp)
target_link_libraries(baldwin_test_pch PRIVATE baldwin::core GTest::gtest baldwin_own_flags)
target_compile_definitions(baldwin_test_pch PRIVATE ${test_definitions})
target_include_directories(baldwin_test_pch PRIVATE ${PROJECT_SOURCE_DIR}/tests)
set_target_properties(baldwin_test_pch PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE OFF)
target_compile_options(baldwin_test_pch PRIVATE ${test_optimisation})
target_precompile_headers(baldwin_test_pch PRIVATE
    <gtest/gtest.h>
    <baldwin/core/tape.hpp>
    <nlohmann/json.hpp>
    ${PROJECT_SOURCE_DIR}/tests/support/operation_check.hpp)

# what the tests that link the network share
add_library(baldwin_test_support STATIC EXCLUDE_FROM_ALL
    ${PROJECT_SOURCE_DIR}/tests/support/gradient_check.cpp
    ${PROJECT_SOURCE_DIR}/tests/support/operation_check.cpp)
add_library(baldwin::test_support ALIAS baldwin_test_support)
target_link_libraries(baldwin_test_support PRIVATE baldwin_own_flags
    PUBLIC baldwin::network baldwin::network_double GTest::gtest)
target_compile_definitions(baldwin_test_support PRIVATE ${test_definitions})
target_include_directories(baldwin_test_support PRIVATE ${PROJECT_SOURCE_DIR}/tests)
set_target_properties(baldwin_test_support PROPERTIES CXX_EXTENSIONS OFF)
target_compile_options(baldwin_test_support PRIVATE ${test_optimisation})
target_precompile_headers(baldwin_test_support REUSE_FROM baldwin_test_pch)

function(baldwin_add_tests name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "SLOW_TESTS" "LINK;LABELS;DEPENDS")
    get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
    set(target ${folder}_${name}_tests)
    if(network IN_LIST arg_LINK)
        list(APPEND arg_LINK test_support)
    endif()
    baldwin_add_program(${target} tests "${arg_UNPARSED_ARGUMENTS}" "${arg_LINK};GTest::gtest_main")
    target_compile_definitions(${target} PRIVATE ${test_definitions})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_compile_options(${target} PRIVATE ${test_optimisation})
    target_precompile_headers(${target} REUSE_FROM baldwin_test_pch)
    set_target_properties(${target} PROPERTIES
        UNITY_BUILD ${BALDWIN_UNITY_TESTS} UNITY_BUILD_BATCH_SIZE 0)
    if(BALDWIN_UNITY_TESTS AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
        # a fixture of a file that is included looks to g++ like one of a header
        target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
    endif()
    if(arg_DEPENDS)
        add_dependencies(${target} ${arg_DEPENDS})
    endif()

    set(labels ${folder} ${arg_LABELS})
    if(arg_SLOW_TESTS)
        baldwin_discover(${target} "-${arg_SLOW_TESTS}" "${labels}")
        baldwin_discover(${target} "${arg_SLOW_TESTS}" "${labels};slow")
    else()
        baldwin_discover(${target} "" "${labels}")
    endif()
endfunction()

# Registers the tests that FILTER selects; they are listed when ctest runs, not at each build.
# gtest_discover_tests flattens a list among its PROPERTIES on the way there, so a file that ctest
# reads after the list of tests sets them.
function(baldwin_discover target filter labels)
    string(MAKE_C_IDENTIFIER "${target}_${filter}_tests" tests)
    set(selection)
    if(filter)
        set(selection TEST_FILTER ${filter})
    endif()
    gtest_discover_tests(${target} ${selection}
        TEST_LIST ${tests}
        DISCOVERY_MODE PRE_TEST
        DISCOVERY_TIMEOUT 60)

    # the list is absent while the program is not built
    set(file ${CMAKE_CURRENT_BINARY_DIR}/${tests}_properties.cmake)
    file(CONFIGURE OUTPUT ${file} @ONLY CONTENT [[
if(@tests@)
    set_tests_properties(${@tests@} PROPERTIES
        LABELS "@labels@" ENVIRONMENT "@BALDWIN_TEST_ENVIRONMENT@" TIMEOUT 600)
endif()
]])
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${file})
endfunction()

# What smoke programs are built with: without optimisation they are compiled in a third of the time
# and still run for a second.
add_library(baldwin_smoke_flags INTERFACE)
target_compile_options(baldwin_smoke_flags INTERFACE
    -O0 -g1 -UNDEBUG -fno-omit-frame-pointer
    -fsanitize=address,undefined -fno-sanitize-recover=all ${BALDWIN_FEWER_CHECKS})
target_link_options(baldwin_smoke_flags INTERFACE -fsanitize=address,undefined)

# the operations and networks that all smoke programs share
add_library(baldwin_network_smoke STATIC EXCLUDE_FROM_ALL
    ${PROJECT_BINARY_DIR}/network/network_float.cpp)
target_link_libraries(baldwin_network_smoke
    PUBLIC baldwin::core PRIVATE baldwin_own_flags baldwin_smoke_flags)
set_target_properties(baldwin_network_smoke PROPERTIES CXX_EXTENSIONS OFF)

function(baldwin_add_smoke module source)
    if(BALDWIN_SANITIZE) # by all programs
        return()
    endif()
    cmake_parse_arguments(PARSE_ARGV 2 arg "NETWORK" "" "")
    set(target smoke_${module})
    set(link ${module} baldwin_smoke_flags)
    if(arg_NETWORK)
        list(APPEND link baldwin_network_smoke)
    endif()
    baldwin_add_program(${target} tests ${source} "${link}")
    add_test(NAME smoke_${module} COMMAND ${target})
    set_tests_properties(smoke_${module} PROPERTIES
        LABELS "smoke;${module}" ENVIRONMENT "${BALDWIN_TEST_ENVIRONMENT}" TIMEOUT 300)
endfunction()

# Headers that take most of the time of those that include them, in precompiled sets. A header that
# includes all of a set anyway, itself or through others, is checked with the set precompiled: that
# hides nothing it lacks. The first set that fits serves.
set(BALDWIN_HEADER_SETS tape state draws parallel tensor exhibit json scene random)
set(BALDWIN_HEADER_SET_tape baldwin/core/tape.hpp)
set(BALDWIN_HEADER_SET_state
    baldwin/core/parallel.hpp baldwin/core/random.hpp baldwin/core/safetensors.hpp)
set(BALDWIN_HEADER_SET_draws baldwin/core/parallel.hpp baldwin/core/random.hpp)
set(BALDWIN_HEADER_SET_parallel baldwin/core/parallel.hpp)
set(BALDWIN_HEADER_SET_tensor baldwin/core/tensor.hpp)
set(BALDWIN_HEADER_SET_exhibit nlohmann/json.hpp baldwin/core/exhibit.hpp)
set(BALDWIN_HEADER_SET_json nlohmann/json.hpp)
set(BALDWIN_HEADER_SET_scene baldwin/core/scene.hpp)
set(BALDWIN_HEADER_SET_random baldwin/core/random.hpp)

# Sets RESULT to all that HEADER includes, through others of ours too.
function(baldwin_included_headers header result)
    get_property(found GLOBAL PROPERTY BALDWIN_INCLUDED_${header})
    get_property(known GLOBAL PROPERTY BALDWIN_INCLUDED_${header} SET)
    if(NOT known)
        get_property(file GLOBAL PROPERTY BALDWIN_FILE_${header})
        # two headers may include each other
        set_property(GLOBAL PROPERTY BALDWIN_INCLUDED_${header} "")
        set(lines)
        if(file)
            file(STRINGS ${file} lines REGEX "^#include <")
        endif()
        foreach(line IN LISTS lines)
            string(REGEX REPLACE "^#include <([^>]*)>.*" "\\1" other "${line}")
            baldwin_included_headers(${other} more)
            list(APPEND found ${other} ${more})
        endforeach()
        list(REMOVE_DUPLICATES found)
        set_property(GLOBAL PROPERTY BALDWIN_INCLUDED_${header} "${found}")
    endif()
    set(${result} "${found}" PARENT_SCOPE)
endfunction()

# Sets RESULT to the first of BALDWIN_HEADER_SETS that HEADER includes whole; to "plain" without one.
function(baldwin_header_set header result)
    baldwin_included_headers(${header} included)
    foreach(set IN LISTS BALDWIN_HEADER_SETS)
        set(missing ${BALDWIN_HEADER_SET_${set}})
        list(REMOVE_ITEM missing ${included})
        if(NOT missing)
            set(${result} ${set} PARENT_SCOPE)
            return()
        endif()
    endforeach()
    set(${result} plain PARENT_SCOPE)
endfunction()

# What the checks of headers are built with: parsing is all they ask for.
function(baldwin_header_target target)
    target_link_libraries(${target} PRIVATE baldwin_own_flags ${ARGN})
    target_compile_options(${target} PRIVATE -O0)
    set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
endfunction()

foreach(set IN LISTS BALDWIN_HEADER_SETS)
    add_library(baldwin_header_set_${set} OBJECT ${CMAKE_CURRENT_LIST_DIR}/test_pch.cpp)
    baldwin_header_target(baldwin_header_set_${set} baldwin::core)
    list(TRANSFORM BALDWIN_HEADER_SET_${set} REPLACE "(.+)" "<\\1>" OUTPUT_VARIABLE set_headers)
    target_precompile_headers(baldwin_header_set_${set} PRIVATE ${set_headers})
endforeach()

add_custom_target(details_alone)

# Sets RESULT to whether HEADER holds something itself. One that only gathers others is alone where
# they are.
function(baldwin_holds_something header result)
    get_property(file GLOBAL PROPERTY BALDWIN_FILE_${header})
    file(STRINGS ${file} lines REGEX "^[^/]")
    list(FILTER lines EXCLUDE REGEX "^#(include|pragma once)")
    list(LENGTH lines count)
    set(${result} ${count} PARENT_SCOPE)
endfunction()

# One translation unit for each header, which ends where parse_alone stops.
function(baldwin_check_module name)
    get_property(headers GLOBAL PROPERTY BALDWIN_${name}_HEADERS)
    get_property(root GLOBAL PROPERTY BALDWIN_${name}_ROOT)
    set(folder ${PROJECT_BINARY_DIR}/headers/${name})
    foreach(header IN LISTS headers)
        baldwin_holds_something(${header} something)
        if(NOT something)
            continue()
        endif()
        string(MAKE_C_IDENTIFIER ${header} id)
        file(CONFIGURE OUTPUT ${folder}/${id}.cpp
            CONTENT "#include <${header}>\nstatic_assert(false, \"parsed\");\n")
        baldwin_header_set(${header} set)
        if(header MATCHES "/detail/")
            set(set ${set}_details)
        endif()
        list(APPEND sources_${set} ${folder}/${id}.cpp)
    endforeach()

    foreach(set IN ITEMS plain ${BALDWIN_HEADER_SETS})
        baldwin_headers_alone(headers_alone_${name}_${set} ${name} ${set} "${sources_${set}}")
        set(details headers_alone_${name}_${set}_details)
        baldwin_headers_alone(${details} ${name} ${set} "${sources_${set}_details}")
        if(TARGET ${details})
            set_target_properties(${details} PROPERTIES EXCLUDE_FROM_ALL TRUE)
            add_dependencies(details_alone ${details})
        endif()
    endforeach()

    string(REPLACE ";" "\n" lines "${headers}")
    file(CONFIGURE OUTPUT ${folder}/list.txt CONTENT "${lines}\n")
    add_test(NAME headers_listed_${name}
        COMMAND ${CMAKE_COMMAND} -DLIST=${folder}/list.txt -DROOT=${root} -DNAME=${name}
            -P ${PROJECT_SOURCE_DIR}/cmake/check_headers.cmake)
    set_tests_properties(headers_listed_${name} PROPERTIES LABELS ${name})
endfunction()

# Each of SOURCES, which include one header, by itself; nothing without sources. They are parsed
# again when any header of ours changes: a parse that stops leaves no list of what it read.
function(baldwin_headers_alone target module set sources)
    if(NOT sources)
        return()
    endif()
    get_property(files GLOBAL PROPERTY BALDWIN_HEADER_FILES)
    set_source_files_properties(${sources} PROPERTIES OBJECT_DEPENDS "${files}")
    add_library(${target} OBJECT ${sources})
    baldwin_header_target(${target} baldwin::${module})
    target_compile_options(${target} PRIVATE -Wfatal-errors)
    set_target_properties(${target} PROPERTIES
        CXX_COMPILER_LAUNCHER ${PROJECT_SOURCE_DIR}/cmake/parse_alone)
    if(NOT set STREQUAL plain)
        target_precompile_headers(${target} REUSE_FROM baldwin_header_set_${set})
    endif()
endfunction()

function(baldwin_check_twice)
    foreach(module IN LISTS ARGN)
        get_property(more GLOBAL PROPERTY BALDWIN_${module}_HEADERS)
        list(APPEND headers ${more})
    endforeach()
    list(TRANSFORM headers REPLACE "(.+)" "#include <\\1>" OUTPUT_VARIABLE all)
    list(JOIN all "\n" all)
    set(folder ${PROJECT_BINARY_DIR}/headers)
    file(CONFIGURE OUTPUT ${folder}/twice_a.cpp CONTENT "${all}\n${all}\n")
    file(CONFIGURE OUTPUT ${folder}/twice_b.cpp CONTENT "${all}\n\nint main() {}\n")
    add_executable(headers_twice ${folder}/twice_a.cpp ${folder}/twice_b.cpp)
    list(TRANSFORM ARGN PREPEND baldwin:: OUTPUT_VARIABLE modules)
    baldwin_header_target(headers_twice ${modules})
endfunction()
