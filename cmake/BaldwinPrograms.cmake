# SPDX-FileCopyrightText: 2026 the Baldwin authors
# SPDX-License-Identifier: MIT

# Our own programs, and the flags that they alone are built with.
#
#   baldwin_add_app(<name> SOURCES ... LINK module...)      bin/baldwin-<name>
#   baldwin_add_example(<name>.cpp LINK module...)          run as a test
#   baldwin_add_bench(<name> SOURCES ... LINK module...)    bin/<name>
#   baldwin_add_test(<name>_test.cpp LINK module...)        see BaldwinTests.cmake

include(CheckCXXCompilerFlag)

get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(PROJECT_IS_TOP_LEVEL AND NOT multi_config AND NOT CMAKE_BUILD_TYPE)
    set_property(CACHE CMAKE_BUILD_TYPE PROPERTY VALUE Release)
endif()

# the widest level that pays; a CPU without it gets what it has
function(baldwin_default_march result)
    set(${result} "" PARENT_SCOPE)
    if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
        return()
    endif()
    check_cxx_compiler_flag(-march=x86-64-v3 BALDWIN_KNOWS_X86_64_V3)
    set(cpu "avx2 fma")
    if(EXISTS /proc/cpuinfo)
        file(STRINGS /proc/cpuinfo cpu REGEX "^flags" LIMIT_COUNT 1)
    endif()
    if(BALDWIN_KNOWS_X86_64_V3 AND cpu MATCHES "avx2" AND cpu MATCHES "fma")
        set(${result} x86-64-v3 PARENT_SCOPE)
    else()
        message(STATUS "This CPU or compiler has no x86-64-v3: building for the compiler's default")
    endif()
endfunction()

baldwin_default_march(march)
set(BALDWIN_MARCH "${march}" CACHE STRING "-march of our own programs; empty: the compiler's default")
set(BALDWIN_SANITIZE "" CACHE STRING "-fsanitize of our own programs, such as address,undefined")

# what a sanitizer needs to know when tests run
set(BALDWIN_TEST_ENVIRONMENT
    "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/cmake/tsan.supp:halt_on_error=1"
    "ASAN_OPTIONS=detect_stack_use_after_return=1"
    "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/cmake/lsan.supp:print_suppressions=0"
    "UBSAN_OPTIONS=print_stacktrace=1")

# what every program of ours is built with: warnings are errors
add_library(baldwin_own_flags INTERFACE)
set(own_flags -Wall -Wextra -Wconversion -Wshadow -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
    # these misfire at -O3 inside libstdc++'s own std::string (GCC bug 105651)
    list(APPEND own_flags -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow
        -Wno-stringop-overread)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # KiB below which the compiler collects no garbage: few units take more, and collecting is a
    # tenth of their time
    list(APPEND own_flags --param=ggc-min-heapsize=524288)
endif()
if(BALDWIN_MARCH)
    list(APPEND own_flags -march=${BALDWIN_MARCH})
endif()
# What these see, AddressSanitizer or the program's end shows too, and each access would be checked
# for it: units of many templates would take three times as long to compile.
set(BALDWIN_FEWER_CHECKS -fno-sanitize=null,alignment,object-size,pointer-overflow)
if(BALDWIN_SANITIZE)
    list(APPEND own_flags -fsanitize=${BALDWIN_SANITIZE} ${BALDWIN_FEWER_CHECKS}
        -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(baldwin_own_flags INTERFACE -fsanitize=${BALDWIN_SANITIZE})
endif()
target_compile_options(baldwin_own_flags INTERFACE ${own_flags})

# What extern_operations.hpp and nn/extern_network.hpp leave out, in float for all programs and in
# double for tests: half a minute of compile time that each of them would take.
set(extern_operations ${PROJECT_SOURCE_DIR}/core/include/baldwin/core/extern_operations.hpp)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${extern_operations})
foreach(type IN ITEMS float double)
    file(STRINGS ${extern_operations} operations REGEX "^extern template .*, ${type}>")
    list(JOIN operations "\n" operations) # file(STRINGS) keeps a line's semicolon out of the list
    string(REPLACE "extern template" "template" operations "${operations}")
    set(source ${PROJECT_BINARY_DIR}/network/network_${type}.cpp)
    configure_file(${CMAKE_CURRENT_LIST_DIR}/network.cpp.in ${source} @ONLY)
    add_library(baldwin_network_${type} STATIC EXCLUDE_FROM_ALL ${source})
    target_link_libraries(baldwin_network_${type} PUBLIC baldwin::core PRIVATE baldwin_own_flags)
    set_target_properties(baldwin_network_${type} PROPERTIES CXX_EXTENSIONS OFF)
endforeach()
add_library(baldwin::network ALIAS baldwin_network_float)
add_library(baldwin::network_double ALIAS baldwin_network_double)

# A program in FOLDER below the build folder, linked to modules and other targets.
function(baldwin_add_program target folder sources link)
    add_executable(${target} ${sources})
    foreach(name IN LISTS link)
        if(TARGET baldwin::${name})
            set(name baldwin::${name})
        endif()
        target_link_libraries(${target} PRIVATE ${name})
    endforeach()
    target_link_libraries(${target} PRIVATE baldwin_own_flags)
    set_target_properties(${target} PROPERTIES
        CXX_EXTENSIONS OFF
        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${folder})
endfunction()

# A third less to compile than with -O3; what takes the time of a run, networks and operations, is
# at -O3 in the libraries above.
set(baldwin_app_optimisation "$<$<CONFIG:Release>:-O2>")

function(baldwin_add_app name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
    baldwin_add_program(baldwin-${name} bin "${arg_SOURCES}" "${arg_LINK};baldwin_build_info")
    target_compile_options(baldwin-${name} PRIVATE ${baldwin_app_optimisation})
    target_precompile_headers(baldwin-${name} REUSE_FROM baldwin_app)
    # several files as one: most of what each would compile is the same
    set_target_properties(baldwin-${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 5)
    list(TRANSFORM arg_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    set_property(GLOBAL APPEND PROPERTY BALDWIN_SOURCES ${arg_SOURCES})
    if(BALDWIN_INSTALL)
        install(TARGETS baldwin-${name} COMPONENT apps)
    endif()
endfunction()

function(baldwin_add_example source)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK")
    get_filename_component(name ${source} NAME_WE)
    # its reader's program compiles the whole network; here the compiled one serves (that headers
    # are enough, the consumers in tests/consumer show)
    baldwin_add_program(example_${name} examples ${source} "${arg_LINK};network")
    target_compile_options(example_${name} PRIVATE -O1
        "SHELL:-include baldwin/core/extern_operations.hpp"
        "SHELL:-include baldwin/core/nn/extern_network.hpp")
    if(BALDWIN_TESTS)
        add_test(NAME example_${name} COMMAND example_${name})
        set_tests_properties(example_${name} PROPERTIES
            LABELS example ENVIRONMENT "${BALDWIN_TEST_ENVIRONMENT}" TIMEOUT 120)
    endif()
endfunction()

function(baldwin_add_bench name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
    baldwin_add_program(${name} bin "${arg_SOURCES}" "${arg_LINK}")
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL TRUE)
endfunction()
