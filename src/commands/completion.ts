import { type CompletedShell, completedShells } from '../config/command-list.ts';
import { UsageError } from '../config/usage-error.ts';
import type { Command } from './command.ts';
import { bashCompletion } from './completion/bash-completion.ts';
import { fishCompletion } from './completion/fish-completion.ts';
import { zshCompletion } from './completion/zsh-completion.ts';

const scripts: Readonly<Record<CompletedShell, () => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** `tine completion bash|zsh|fish`: prints the script that completes tine's command lines. */
export const completion: Command = {
  kind: 'own',
  run: async ({ operands }) => {
    const [shell, ...more] = operands;
    const known = completedShells.find((each) => each === shell);
    if (known === undefined || more.length > 0)
      throw new UsageError(`write tine completion SHELL, with one of ${completedShells.join(', ')}`);
    process.stdout.write(scripts[known]());
    return 0;
  },
};
