# SPDX-FileCopyrightText: 2026 the Baldwin authors
# SPDX-License-Identifier: MIT

# What a run records about the program that made it: <baldwin/app/build_info.hpp>, in the library
# baldwin_build_info. Included last, when all sources are known. Made anew after a commit and after
# a change of a source, so that the revision and its "-dirty" are true and a repeated build does
# nothing.

find_package(Git QUIET)

set(folder ${PROJECT_BINARY_DIR}/build_info)
configure_file(${CMAKE_CURRENT_LIST_DIR}/build_info.hpp.in
    ${folder}/include/baldwin/app/build_info.hpp COPYONLY)

string(TOUPPER "${CMAKE_BUILD_TYPE}" config)
list(JOIN own_flags " " flags)
string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${config}} ${flags}" BALDWIN_BUILD_FLAGS)
configure_file(${CMAKE_CURRENT_LIST_DIR}/build_info.cpp.in ${folder}/build_info.cpp.in @ONLY)

# git appends to logs/HEAD at each commit and checkout
set(revision_log)
if(GIT_FOUND)
    execute_process(
        COMMAND ${GIT_EXECUTABLE} -c safe.directory=${PROJECT_SOURCE_DIR} rev-parse
            --path-format=absolute --git-path logs/HEAD
        WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
        OUTPUT_VARIABLE revision_log OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(NOT EXISTS "${revision_log}")
        set(revision_log)
    endif()
endif()

get_property(sources GLOBAL PROPERTY BALDWIN_SOURCES)
add_custom_command(
    OUTPUT ${folder}/build_info.cpp
    COMMAND ${CMAKE_COMMAND} -DGIT=${GIT_EXECUTABLE} -DSOURCE=${PROJECT_SOURCE_DIR}
        -DIN=${folder}/build_info.cpp.in -DOUT=${folder}/build_info.cpp
        -P ${CMAKE_CURRENT_LIST_DIR}/write_build_info.cmake
    DEPENDS ${sources} ${revision_log} ${folder}/build_info.cpp.in
        ${CMAKE_CURRENT_LIST_DIR}/write_build_info.cmake
    COMMENT "Noting the git revision"
    VERBATIM)

add_library(baldwin_build_info STATIC ${folder}/build_info.cpp)
target_include_directories(baldwin_build_info PUBLIC ${folder}/include)
target_compile_features(baldwin_build_info PUBLIC cxx_std_20)
target_link_libraries(baldwin_build_info PRIVATE baldwin_own_flags)
