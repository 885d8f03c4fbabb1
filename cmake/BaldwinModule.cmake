# SPDX-FileCopyrightText: 2026 the Baldwin authors
# SPDX-License-Identifier: MIT

# A module: a folder of headers that is a target, an install component and three self-checks.
#
#   baldwin_add_module(<name>
#       HEADERS a.hpp detail/b.hpp ...   relative to FOLDER/baldwin/<name>, or with their own path
#                                        below FOLDER when they begin with "baldwin/"
#       [FOLDER include]                 include root, relative to the current folder
#       [DEPENDS core ...]               other modules
#       [PACKAGES "Eigen3 3.4" ...]      arguments of find_package, repeated by the installed package
#       [LIBRARIES Eigen3::Eigen ...]    third-party targets
#       [OPTIONAL "hint"])               without the packages it is left out, and said so, with where
#                                        to get them
#
# gives the target baldwin::<name>. Nothing but include paths, C++20 and libraries is imposed on its
# users.

include(GNUInstallDirs)

set(BALDWIN_PACKAGE_DIR ${CMAKE_INSTALL_DATADIR}/cmake/baldwin)

function(baldwin_add_module name)
    cmake_parse_arguments(PARSE_ARGV 1 arg
        "" "FOLDER;OPTIONAL" "HEADERS;DEPENDS;PACKAGES;LIBRARIES")
    if(NOT arg_FOLDER)
        set(arg_FOLDER include)
    endif()
    set(root ${CMAKE_CURRENT_SOURCE_DIR}/${arg_FOLDER})
    list(TRANSFORM arg_HEADERS PREPEND baldwin/${name}/ OUTPUT_VARIABLE headers)
    list(TRANSFORM headers PREPEND ${root}/ OUTPUT_VARIABLE files)

    # imported targets must be visible to the users of ours, wherever they stand
    set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL TRUE)
    foreach(package IN LISTS arg_PACKAGES)
        separate_arguments(arguments NATIVE_COMMAND "${package}")
        if(NOT arg_OPTIONAL)
            find_package(${arguments} REQUIRED)
            continue()
        endif()
        find_package(${arguments} QUIET)
        list(GET arguments 0 found)
        if(NOT ${found}_FOUND)
            message(STATUS "${name} is left out: ${package} was not found (${arg_OPTIONAL})")
            return()
        endif()
    endforeach()

    set(target baldwin_${name})
    add_library(${target} INTERFACE)
    add_library(baldwin::${name} ALIAS ${target})
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
    target_sources(${target} INTERFACE
        FILE_SET HEADERS BASE_DIRS ${root} FILES ${files})
    target_compile_features(${target} INTERFACE cxx_std_20)
    list(TRANSFORM arg_DEPENDS PREPEND baldwin:: OUTPUT_VARIABLE modules)
    target_link_libraries(${target} INTERFACE ${modules} ${arg_LIBRARIES})

    set_property(GLOBAL APPEND PROPERTY BALDWIN_MODULES ${name})
    set_property(GLOBAL APPEND PROPERTY BALDWIN_SOURCES ${files})
    set_property(GLOBAL APPEND PROPERTY BALDWIN_HEADER_FILES ${files})
    set_property(GLOBAL PROPERTY BALDWIN_${name}_ROOT ${root}/baldwin/${name})
    set_property(GLOBAL PROPERTY BALDWIN_${name}_HEADERS ${headers})
    foreach(header file IN ZIP_LISTS headers files)
        set_property(GLOBAL PROPERTY BALDWIN_FILE_${header} ${file})
    endforeach()
    if(BALDWIN_INSTALL)
        baldwin_install_module(${name} "${arg_DEPENDS}" "${arg_PACKAGES}")
    endif()
endfunction()

# Installs headers and targets of a module, and a file that finds what it needs.
function(baldwin_install_module name depends packages)
    install(TARGETS baldwin_${name}
        EXPORT baldwin-${name}
        FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT headers
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    install(EXPORT baldwin-${name}
        NAMESPACE baldwin::
        FILE baldwin-${name}-targets.cmake
        DESTINATION ${BALDWIN_PACKAGE_DIR}
        COMPONENT headers)

    set(text "include_guard()\n")
    foreach(other IN LISTS depends)
        string(APPEND text "include(\${CMAKE_CURRENT_LIST_DIR}/baldwin-${other}.cmake)\n")
    endforeach()
    foreach(package IN LISTS packages)
        string(APPEND text "find_dependency(${package})\n")
    endforeach()
    string(APPEND text "include(\${CMAKE_CURRENT_LIST_DIR}/baldwin-${name}-targets.cmake)\n")
    set(file ${PROJECT_BINARY_DIR}/package/baldwin-${name}.cmake)
    file(CONFIGURE OUTPUT ${file} CONTENT "${text}" @ONLY)
    install(FILES ${file} DESTINATION ${BALDWIN_PACKAGE_DIR} COMPONENT headers)
endfunction()
