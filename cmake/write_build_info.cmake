# SPDX-FileCopyrightText: 2026 the Baldwin authors
# SPDX-License-Identifier: MIT

# Fills the git revision of SOURCE into IN and writes OUT; "unknown" outside a repository.

set(BALDWIN_REVISION)
if(GIT)
    execute_process(
        COMMAND ${GIT} -c safe.directory=${SOURCE} describe --always --dirty --abbrev=12
            --match=v[0-9]*
        WORKING_DIRECTORY ${SOURCE}
        OUTPUT_VARIABLE BALDWIN_REVISION OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT BALDWIN_REVISION)
    set(BALDWIN_REVISION unknown)
endif()
file(READ ${IN} text)
string(REPLACE "{revision}" "${BALDWIN_REVISION}" text "${text}")
file(WRITE ${OUT} "${text}")
