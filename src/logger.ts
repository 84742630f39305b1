import { type DestinationStream, destination, type Logger, pino } from 'pino';
import type { Config } from './config/config.ts';
import { redact } from './config/redact.ts';

export type { Logger };

const STDERR = 2;

/**
 * The process's log, on standard error. Text is short and, on a terminal, coloured; JSON has etcd's field names `level`,
 * `ts` and `msg`. Passwords of database addresses are taken out of every line, whoever wrote them in.
 */
export async function openLogger({ logLevel, logFormat }: Pick<Config, 'logLevel' | 'logFormat'>): Promise<Logger> {
  const isTerminal = process.stderr.isTTY === true;
  const isText = logFormat === 'text' || (logFormat === 'auto' && isTerminal);
  return createLogger(logLevel, isText ? await textDestination(isTerminal) : jsonDestination());
}

/** A logger that writes JSON lines to `stream`. */
export function createLogger(level: Config['logLevel'], stream: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"ts":"${new Date().toISOString()}"`,
      serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err },
      errorKey: 'error',
      hooks: { streamWrite: redact },
    },
    stream,
  );
}

// Written at once: the lines before a crash are the ones that matter, and there are few.
function jsonDestination(): DestinationStream {
  return destination({ dest: STDERR, sync: true });
}

async function textDestination(colorize: boolean): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    destination: STDERR,
    sync: true,
    colorize: colorize && process.env.NO_COLOR === undefined,
    timestampKey: 'ts',
    translateTime: 'SYS:HH:MM:ss.l',
    errorLikeObjectKeys: ['error', 'err'],
    singleLine: true,
  });
}
