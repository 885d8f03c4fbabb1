# SPDX-FileCopyrightText: 2026 the Baldwin authors
# SPDX-License-Identifier: MIT

# Fails unless LIST (one header a line) names exactly the headers below ROOT.

file(STRINGS ${LIST} listed)
file(GLOB_RECURSE present RELATIVE ${ROOT} ${ROOT}/*.hpp)
list(TRANSFORM present PREPEND baldwin/${NAME}/)

set(unlisted ${present})
list(REMOVE_ITEM unlisted ${listed})
set(absent ${listed})
list(REMOVE_ITEM absent ${present})
if(unlisted)
    message(SEND_ERROR "in the folder, not in the list of baldwin_add_module(${NAME}): ${unlisted}")
endif()
if(absent)
    message(SEND_ERROR "in the list of baldwin_add_module(${NAME}), not in the folder: ${absent}")
endif()
