import { type CompletedFlag, type CompletedValue, completedCommands, completedFlags } from './completed-words.ts';

/** The script for zsh, as a file of `fpath` or as a text to evaluate. */
export function zshCompletion(): string {
  return `#compdef tine
# Completion of tine for zsh. To use it: source <(tine completion zsh), after compinit
_tine() {
  local context state state_descr line curcontext=$curcontext
  local -a commands flags
  typeset -A opt_args
  commands=(
${completedCommands.map(({ name, help }) => `    ${quoted(`${name}:${help}`)}`).join('\n')}
  )
  flags=(
${flagLines(undefined)}
  )
  # The flags of one command, if the command stands on the line.
  case " $words " in
${ownFlagCases()}
  esac
  _arguments -C $flags '1: :->command' '*: :->operand' && return
  case $state in
    command) _describe command commands ;;
    operand)
      case $line[1] in
${operandCases()}
      esac ;;
  esac
}
if [[ $funcstack[1] == _tine ]]; then _tine "$@"; else compdef _tine tine; fi
`;
}

function flagLines(command: string | undefined): string {
  return completedFlags
    .filter((flag) => flag.command === command)
    .map((flag) => `    ${quoted(specification(flag))}`)
    .join('\n');
}

/** A specification of `_arguments`. A flag may be followed by a space or an equals sign. */
function specification({ name, help, value }: CompletedFlag): string {
  const text = `[${help.replaceAll(/[[\]\\:]/g, (special) => `\\${special}`)}]`;
  return value.kind === 'none' ? `--${name}${text}` : `--${name}=${text}:${name}:${action(value)}`;
}

function action(value: CompletedValue): string {
  switch (value.kind) {
    case 'file':
      return '_files';
    case 'directory':
      return '_files -/';
    case 'words':
      return `(${value.words.join(' ')})`;
    default:
      return ' ';
  }
}

function ownFlagCases(): string {
  return completedCommands
    .filter(({ name }) => completedFlags.some(({ command }) => command === name))
    .map(({ name }) => `    *" ${name} "*) flags+=(\n${flagLines(name)}\n    ) ;;`)
    .join('\n');
}

/** The first operand is a word, if the command has words. Later ones are paths. */
function operandCases(): string {
  return completedCommands
    .filter((each) => each.words.length > 0 || each.takesPath)
    .map(({ name, words, takesPath }) => {
      const path = takesPath ? '_files' : '';
      if (words.length === 0) return `        ${name}) ${path} ;;`;
      return `        ${name}) if (( $#line == 2 )); then compadd -- ${words.join(' ')}; ${takesPath ? `else ${path}; ` : ''}fi ;;`;
    })
    .join('\n');
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
