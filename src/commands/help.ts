import { helpText } from '../config/help-text.ts';
import { tineVersion } from '../version.ts';
import type { Command } from './command.ts';

/** `tine help`: prints the help. */
export const help: Command = {
  kind: 'text',
  run: () => {
    process.stdout.write(helpText(tineVersion()));
    return 0;
  },
};
