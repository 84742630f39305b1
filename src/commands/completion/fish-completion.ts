import { type CompletedCommand, type CompletedFlag, completedCommands, completedFlags } from './completed-words.ts';

/** The script for fish. */
export function fishCompletion(): string {
  return `# Completion of tine for fish. To use it: tine completion fish | source
complete -c tine -f
${completedCommands.map(commandLine).join('\n')}
${completedCommands.flatMap(operandLines).join('\n')}
${completedFlags.map(flagLine).join('\n')}
`;
}

const commandLine = ({ name, help }: CompletedCommand): string =>
  `complete -c tine -n __fish_use_subcommand -a ${name} -d ${quoted(help)}`;

/** The first operand is a word, if the command has words. Later ones are paths. */
function operandLines({ name, words, takesPath }: CompletedCommand): readonly string[] {
  const seen = `__fish_seen_subcommand_from ${name}`;
  if (words.length === 0) return takesPath ? [`complete -c tine -n '${seen}' -F`] : [];
  const list = words.join(' ');
  const wordSeen = `__fish_seen_subcommand_from ${list}`;
  return [
    `complete -c tine -n '${seen}; and not ${wordSeen}' -a '${list}'`,
    ...(takesPath ? [`complete -c tine -n '${seen}; and ${wordSeen}' -F`] : []),
  ];
}

function flagLine({ name, help, value, command }: CompletedFlag): string {
  const condition = command === undefined ? '' : ` -n '__fish_seen_subcommand_from ${command}'`;
  return `complete -c tine${condition} -l ${name}${valueWords(value)} -d ${quoted(help)}`;
}

function valueWords(value: CompletedFlag['value']): string {
  switch (value.kind) {
    case 'none':
      return '';
    case 'file':
      return ' -r -F';
    case 'directory':
      return " -x -a '(__fish_complete_directories)'";
    case 'words':
      return ` -x -a '${value.words.join(' ')}'`;
    default:
      return ' -x';
  }
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
