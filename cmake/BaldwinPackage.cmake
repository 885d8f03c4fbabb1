# SPDX-FileCopyrightText: 2026 the Baldwin authors
# SPDX-License-Identifier: MIT

# The package file: find_package(baldwin [version] COMPONENTS core ...).

include(CMakePackageConfigHelpers)

get_property(BALDWIN_COMPONENTS GLOBAL PROPERTY BALDWIN_MODULES)
configure_package_config_file(
    ${CMAKE_CURRENT_LIST_DIR}/baldwin-config.cmake.in
    ${PROJECT_BINARY_DIR}/package/baldwin-config.cmake
    INSTALL_DESTINATION ${BALDWIN_PACKAGE_DIR}
    NO_SET_AND_CHECK_MACRO)
# before 1.0 a new minor version may break its users
write_basic_package_version_file(
    ${PROJECT_BINARY_DIR}/package/baldwin-config-version.cmake
    COMPATIBILITY SameMinorVersion
    ARCH_INDEPENDENT)
install(FILES
    ${PROJECT_BINARY_DIR}/package/baldwin-config.cmake
    ${PROJECT_BINARY_DIR}/package/baldwin-config-version.cmake
    DESTINATION ${BALDWIN_PACKAGE_DIR}
    COMPONENT headers)
