import { type CompletedFlag, completedCommands, completedFlags } from './completed-words.ts';

/** The script for bash. It works in bash 3.2 too, which has neither `mapfile` nor `compopt`. */
export function bashCompletion(): string {
  const valued = completedFlags.filter(({ value }) => value.kind !== 'none');
  const common = completedFlags.filter(({ command }) => command === undefined);
  return `# Completion of tine for bash. To use it: source <(tine completion bash)
_tine() {
  local IFS=$'\\n' word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= flags= at
  # bash splits --flag=value into three words.
  if [[ $word == = ]]; then word=
  elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()
  case $previous in
${valued.map(valueCase).join('\n')}
  esac
  for ((at = 1; at < COMP_CWORD; at++)); do
    case \${COMP_WORDS[at]} in
      ${valued.map(dashed).join('|')})
        at=$((at + 1))
        if [[ \${COMP_WORDS[at]} == = ]]; then at=$((at + 1)); fi ;;
      -*) ;;
      *) command=\${COMP_WORDS[at]}; break ;;
    esac
  done
  if [[ $word == -* ]]; then
    case $command in
${commandFlagCases()}
    esac
    COMPREPLY=($(IFS=' '; compgen -W '${common.map(dashed).join(' ')}'" $flags" -- "$word"))
    return
  fi
  case $command in
    '') COMPREPLY=($(IFS=' '; compgen -W '${completedCommands.map(({ name }) => name).join(' ')}' -- "$word")) ;;
${operandCases()}
  esac
}
complete -F _tine tine
`;
}

const dashed = ({ name }: CompletedFlag): string => `--${name}`;

function valueCase({ name, value }: CompletedFlag): string {
  return `    --${name}) ${valueAction(value)}return ;;`;
}

function valueAction(value: CompletedFlag['value']): string {
  switch (value.kind) {
    case 'file':
      return paths('-f');
    case 'directory':
      return paths('-d');
    case 'words':
      return `${words(value.words)}; `;
    default:
      return '';
  }
}

const paths = (kind: '-f' | '-d'): string =>
  `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen ${kind} -- "$word")); `;

const words = (list: readonly string[]): string => `COMPREPLY=($(IFS=' '; compgen -W '${list.join(' ')}' -- "$word"))`;

function commandFlagCases(): string {
  return completedCommands
    .map(({ name }) => ({ name, flags: completedFlags.filter(({ command }) => command === name) }))
    .filter(({ flags }) => flags.length > 0)
    .map(({ name, flags }) => `      ${name}) flags='${flags.map(dashed).join(' ')}' ;;`)
    .join('\n');
}

/** The first operand is a word, if the command has words. Later ones are paths. */
function operandCases(): string {
  return completedCommands
    .filter((each) => each.words.length > 0 || each.takesPath)
    .map(({ name, words: list, takesPath }) => {
      const path = takesPath ? paths('-f') : '';
      if (list.length === 0) return `    ${name}) ${path};;`;
      return `    ${name}) if [[ \${COMP_WORDS[COMP_CWORD-1]} == ${name} ]]; then ${words(list)}; ${takesPath ? `else ${path}` : ''}fi ;;`;
    })
    .join('\n');
}
