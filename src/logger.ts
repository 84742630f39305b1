import { openSync } from 'node:fs';
import { type DestinationStream, destination, type Logger, multistream, pino } from 'pino';
import type { Config } from './config/config.ts';
import type { LogOutput } from './config/log-outputs.ts';
import { DriverError, StartError } from './errors.ts';
import { boundedFields, boundedLine } from './log-text.ts';

export type { Logger };

const STANDARD = { stdout: 1, stderr: 2 } as const;

/**
 * Opens the log of the process. Text lines are short and, on a terminal, coloured. JSON lines have
 * etcd's field names `level`, `ts` and `msg`. Every line has a bounded length and contains no
 * password of a database address.
 *
 * @throws StartError when a file cannot be written
 */
export async function openLogger(config: Pick<Config, 'logLevel' | 'logFormat' | 'logOutputs'>): Promise<Logger> {
  const { logLevel, logFormat, logOutputs } = config;
  const streams = await Promise.all(logOutputs.map((output) => destinationOf(output, logFormat)));
  const [only] = streams;
  const stream =
    streams.length === 1 && only !== undefined
      ? only
      : multistream(streams.map((each) => ({ level: logLevel, stream: each })));
  return createLogger(logLevel, stream);
}

/** Creates a logger that writes JSON lines to `stream`. */
export function createLogger(level: Config['logLevel'], stream: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      formatters: { level: (label) => ({ level: label }), log: boundedFields },
      timestamp: () => `,"ts":"${new Date().toISOString()}"`,
      serializers: { error: errorFields, err: errorFields },
      errorKey: 'error',
      hooks: { streamWrite: boundedLine },
    },
    stream,
  );
}

/** The log form of an error: the message of a database failure, or the stack of any other error. */
function errorFields(error: Error): object | string {
  const isOutage = error instanceof DriverError && error.kind !== 'other';
  return isOutage ? error.message : pino.stdSerializers.err(error);
}

async function destinationOf(output: LogOutput, format: Config['logFormat']): Promise<DestinationStream> {
  const isTerminal = output.kind !== 'file' && process[output.kind].isTTY === true;
  const isText = format === 'text' || (format === 'auto' && isTerminal);
  const fileDescriptor = output.kind === 'file' ? openFile(output.path) : STANDARD[output.kind];
  return isText ? textDestination(fileDescriptor, { isTerminal }) : jsonDestination(fileDescriptor);
}

/** Opens the file in append mode, for programs that rotate a log by copying and truncating it. */
function openFile(path: string): number {
  try {
    return openSync(path, 'a', 0o640);
  } catch (cause) {
    throw new StartError(`--log-outputs: ${(cause as Error).message}`, { cause });
  }
}

// Writes synchronously. The lines before a crash are the important ones, and there are few lines.
function jsonDestination(fileDescriptor: number): DestinationStream {
  return destination({ dest: fileDescriptor, sync: true });
}

async function textDestination(
  fileDescriptor: number,
  { isTerminal }: { readonly isTerminal: boolean },
): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    destination: fileDescriptor,
    sync: true,
    colorize: isTerminal && process.env.NO_COLOR === undefined,
    timestampKey: 'ts',
    translateTime: 'SYS:HH:MM:ss.l',
    errorLikeObjectKeys: ['error', 'err'],
    singleLine: true,
  });
}
