# SPDX-FileCopyrightText: 2026 the Baldwin authors
# SPDX-License-Identifier: MIT

# Tests and the checks that every module gets.
#
#   baldwin_add_test(<name>_test.cpp LINK module...
#       [SLOW]                  all of it is slow: not part of scripts/test
#       [SLOW_TESTS filter]     these are (a GoogleTest filter), the others are not
#       [LABELS label...]
#       [DEPENDS target...])    programs that it runs, found in BALDWIN_BIN_DIR
#   baldwin_add_smoke(<module> smoke.cpp)   one small program with ASan and UBSan, assertions on
#   baldwin_check_module(<module>)          headers alone, headers twice, list against folder

include(GoogleTest)
find_package(GTest REQUIRED)

# what a sanitizer needs to know at run time
set(BALDWIN_TEST_ENVIRONMENT
    "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/cmake/tsan.supp:halt_on_error=1"
    "ASAN_OPTIONS=detect_stack_use_after_return=1"
    "UBSAN_OPTIONS=print_stacktrace=1")

set(test_definitions
    BALDWIN_GOLDEN_DIR="${PROJECT_SOURCE_DIR}/tests/golden"
    BALDWIN_BIN_DIR="${PROJECT_BINARY_DIR}/bin")

# a quarter less to compile than with -O3; the networks and programs that tests run are at -O3
set(test_optimisation "$<$<CONFIG:Release>:-O2>")

# the third-party headers that most tests parse, parsed once
add_library(baldwin_test_pch OBJECT ${CMAKE_CURRENT_LIST_DIR}/test_pch.cpp)
target_link_libraries(baldwin_test_pch PRIVATE baldwin::core GTest::gtest baldwin_own_flags)
target_compile_definitions(baldwin_test_pch PRIVATE ${test_definitions})
target_include_directories(baldwin_test_pch PRIVATE ${PROJECT_SOURCE_DIR}/tests)
set_target_properties(baldwin_test_pch PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE OFF)
target_compile_options(baldwin_test_pch PRIVATE ${test_optimisation})
target_precompile_headers(baldwin_test_pch PRIVATE
    <gtest/gtest.h>
    <Eigen/Core>
    <nlohmann/json.hpp>
    <xtensor/xadapt.hpp>
    <xtensor/xarray.hpp>
    <xtensor/xview.hpp>)

function(baldwin_add_test source)
    cmake_parse_arguments(PARSE_ARGV 1 arg "SLOW" "SLOW_TESTS" "LINK;LABELS;DEPENDS")
    get_filename_component(name ${source} NAME_WE)
    get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
    set(target ${folder}_${name})
    baldwin_add_program(${target} tests ${source} "${arg_LINK};GTest::gtest_main")
    target_compile_definitions(${target} PRIVATE ${test_definitions})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_compile_options(${target} PRIVATE ${test_optimisation})
    target_precompile_headers(${target} REUSE_FROM baldwin_test_pch)
    if(arg_DEPENDS)
        add_dependencies(${target} ${arg_DEPENDS})
    endif()

    set(labels ${folder} ${arg_LABELS})
    if(arg_SLOW)
        baldwin_discover(${target} "" "${labels};slow")
    elseif(arg_SLOW_TESTS)
        baldwin_discover(${target} "-${arg_SLOW_TESTS}" "${labels}")
        baldwin_discover(${target} "${arg_SLOW_TESTS}" "${labels};slow")
    else()
        baldwin_discover(${target} "" "${labels}")
    endif()
endfunction()

# Registers the tests that FILTER selects; they are listed when ctest runs, not at each build.
function(baldwin_discover target filter labels)
    list(JOIN labels "\\;" labels)
    set(more)
    if(filter)
        string(MAKE_C_IDENTIFIER "${target}_${filter}" id)
        set(more TEST_FILTER ${filter} TEST_LIST ${id})
    endif()
    list(JOIN BALDWIN_TEST_ENVIRONMENT "\\;" environment)
    gtest_discover_tests(${target} ${more}
        DISCOVERY_MODE PRE_TEST
        DISCOVERY_TIMEOUT 60
        PROPERTIES LABELS "${labels}" ENVIRONMENT "${environment}" TIMEOUT 600)
endfunction()

function(baldwin_add_smoke module source)
    set(target smoke_${module})
    baldwin_add_program(${target} tests ${source} ${module})
    # without optimisation it is compiled in a third of the time and still runs for a second
    target_compile_options(${target} PRIVATE
        -O0 -g1 -UNDEBUG -fno-omit-frame-pointer
        -fsanitize=address,undefined -fno-sanitize-recover=all)
    target_link_options(${target} PRIVATE -fsanitize=address,undefined)
    add_test(NAME smoke_${module} COMMAND ${target})
    set_tests_properties(smoke_${module} PROPERTIES
        LABELS "smoke;${module}" ENVIRONMENT "${BALDWIN_TEST_ENVIRONMENT}" TIMEOUT 300)
endfunction()

# Third-party headers that take most of the time of a header that reaches them.
set(BALDWIN_HEAVY_HEADERS Eigen/Core xtensor/xadapt.hpp xtensor/xarray.hpp)

# Sets RESULT to those of BALDWIN_HEAVY_HEADERS that HEADER includes, through others of ours too.
function(baldwin_heavy_headers header result)
    get_property(found GLOBAL PROPERTY BALDWIN_HEAVY_${header})
    get_property(known GLOBAL PROPERTY BALDWIN_HEAVY_${header} SET)
    if(NOT known)
        get_property(file GLOBAL PROPERTY BALDWIN_FILE_${header})
        # two headers may include each other
        set_property(GLOBAL PROPERTY BALDWIN_HEAVY_${header} "")
        set(lines)
        if(file)
            file(STRINGS ${file} lines REGEX "^#include <")
        endif()
        foreach(line IN LISTS lines)
            string(REGEX REPLACE "^#include <([^>]*)>.*" "\\1" other "${line}")
            if(other IN_LIST BALDWIN_HEAVY_HEADERS)
                list(APPEND found ${other})
            elseif(other MATCHES "^baldwin/" AND NOT other STREQUAL header)
                baldwin_heavy_headers(${other} more)
                list(APPEND found ${more})
            endif()
        endforeach()
        list(REMOVE_DUPLICATES found)
        set_property(GLOBAL PROPERTY BALDWIN_HEAVY_${header} "${found}")
    endif()
    set(${result} "${found}" PARENT_SCOPE)
endfunction()

# What the checks of headers are built with: parsing is all they ask for.
function(baldwin_header_target target)
    target_link_libraries(${target} PRIVATE baldwin_own_flags ${ARGN})
    target_compile_options(${target} PRIVATE -O0)
    set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
endfunction()

add_library(baldwin_header_pch OBJECT ${CMAKE_CURRENT_LIST_DIR}/test_pch.cpp)
baldwin_header_target(baldwin_header_pch baldwin::core)
list(TRANSFORM BALDWIN_HEAVY_HEADERS REPLACE "(.+)" "<\\1>" OUTPUT_VARIABLE heavy)
target_precompile_headers(baldwin_header_pch PRIVATE ${heavy})

# One translation unit for each header, and two that include them all and are linked together.
# A header that includes all the heavy ones anyway gets them precompiled, which hides nothing.
function(baldwin_check_module name)
    get_property(headers GLOBAL PROPERTY BALDWIN_${name}_HEADERS)
    get_property(root GLOBAL PROPERTY BALDWIN_${name}_ROOT)
    set(folder ${PROJECT_BINARY_DIR}/headers/${name})
    list(LENGTH BALDWIN_HEAVY_HEADERS most)
    set(light_sources)
    set(heavy_sources)
    set(all)
    foreach(header IN LISTS headers)
        string(MAKE_C_IDENTIFIER ${header} id)
        file(CONFIGURE OUTPUT ${folder}/${id}.cpp CONTENT "#include <${header}>\n")
        baldwin_heavy_headers(${header} heavy)
        list(LENGTH heavy count)
        if(count EQUAL most)
            list(APPEND heavy_sources ${folder}/${id}.cpp)
        else()
            list(APPEND light_sources ${folder}/${id}.cpp)
        endif()
        string(APPEND all "#include <${header}>\n")
    endforeach()
    file(CONFIGURE OUTPUT ${folder}/twice_a.cpp CONTENT "${all}")
    file(CONFIGURE OUTPUT ${folder}/twice_b.cpp CONTENT "${all}\nint main() {}\n")

    if(light_sources)
        add_library(headers_alone_${name} OBJECT ${light_sources})
        baldwin_header_target(headers_alone_${name} baldwin::${name})
    endif()
    if(heavy_sources)
        add_library(headers_alone_heavy_${name} OBJECT ${heavy_sources})
        baldwin_header_target(headers_alone_heavy_${name} baldwin::${name})
        target_precompile_headers(headers_alone_heavy_${name} REUSE_FROM baldwin_header_pch)
    endif()
    add_executable(headers_twice_${name} ${folder}/twice_a.cpp ${folder}/twice_b.cpp)
    baldwin_header_target(headers_twice_${name} baldwin::${name})

    string(REPLACE ";" "\n" lines "${headers}")
    file(CONFIGURE OUTPUT ${folder}/list.txt CONTENT "${lines}\n")
    add_test(NAME headers_listed_${name}
        COMMAND ${CMAKE_COMMAND} -DLIST=${folder}/list.txt -DROOT=${root} -DNAME=${name}
            -P ${PROJECT_SOURCE_DIR}/cmake/check_headers.cmake)
    set_tests_properties(headers_listed_${name} PROPERTIES LABELS ${name})
endfunction()
