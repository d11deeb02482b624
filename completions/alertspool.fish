# SPDX-License-Identifier: ISC
# fish completion for alertspool(1); completion-words has the words.

function __alertspool_words
    set -l word (commandline -ct)
    set -l found (/usr/share/alertspool/completion-words (commandline -opc) "$word" 2>/dev/null)
    switch "$found[1]"
        case files
            __fish_complete_path "$word"
        case dirs
            __fish_complete_directories "$word"
        case words
            printf '%s\n' $found[2..-1]
    end
end

complete -c alertspool -f -a '(__alertspool_words)'
