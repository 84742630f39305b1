/**
 * One step of a script. Words in braces stand for values that exist only while the script runs:
 * `{revision}` and `{revision-2}` (the current revision, or one relative to it), `{member}` (the
 * server's id, as etcdctl takes it), `{endpoint}`, `{lease:NAME}` (the id granted by the step with
 * that name), `{file:NAME}` (a path of this run), `{destination-flags}` (the flags with which
 * `make-mirror` connects to the same server).
 */
export type Step = CommandStep | StartStep | PrintsStep | HoldsStep | SayStep | StopStep;

/** A run of etcdctl to its end. */
export interface CommandStep {
  readonly kind: 'command';
  readonly arguments: readonly string[];
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The name of the lease that the command grants, for later steps. */
  readonly grants?: string;
  /** Connects without the certificate and the user of the other steps. */
  readonly isAnonymous?: boolean;
  /** The named difference that tine's reply must show. */
  readonly differs?: string;
}

/** Starts an etcdctl that continues to run, such as `watch`. Later steps use its name. */
export interface StartStep extends Omit<CommandStep, 'kind'> {
  readonly kind: 'start';
  readonly name: string;
}

/**
 * Waits until an etcdctl that continues to run has printed one of the texts, as it is or in base64.
 * Without texts: anything since the last wait.
 */
export interface PrintsStep {
  readonly kind: 'prints';
  readonly name: string;
  readonly texts: readonly string[];
}

/** Waits until this number of keys have the prefix. */
export interface HoldsStep {
  readonly kind: 'holds';
  readonly prefix: string;
  readonly count: number;
}

/** Writes a line to the input of a running etcdctl. */
export interface SayStep {
  readonly kind: 'say';
  readonly name: string;
  readonly text: string;
}

/**
 * Ends an etcdctl that continues to run, by a signal or the end of its input, and compares all its
 * output.
 */
export interface StopStep {
  readonly kind: 'stop';
  readonly name: string;
  readonly by: NodeJS.Signals | 'end of input' | 'itself';
}

export type CommandOptions = Omit<CommandStep, 'kind' | 'arguments'>;

/**
 * A command with its arguments: as a line of words, or as a list where an argument has spaces or is
 * empty.
 */
export function run(command: string | readonly string[], options: CommandOptions = {}): CommandStep {
  return { kind: 'command', arguments: words(command), ...options };
}

export function start(name: string, command: string | readonly string[], options: CommandOptions = {}): StartStep {
  return { kind: 'start', name, arguments: words(command), ...options };
}

export function prints(name: string, ...texts: readonly string[]): PrintsStep {
  return { kind: 'prints', name, texts };
}

export function holds(prefix: string, count: number): HoldsStep {
  return { kind: 'holds', prefix, count };
}

export function say(name: string, text: string): SayStep {
  return { kind: 'say', name, text };
}

export function stop(name: string, by: StopStep['by'] = 'SIGINT'): StopStep {
  return { kind: 'stop', name, by };
}

/** Steps from lines with one command each. */
export function lines(text: string): CommandStep[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => run(line));
}

function words(command: string | readonly string[]): readonly string[] {
  return typeof command === 'string' ? command.split(' ').filter((word) => word !== '') : command;
}
