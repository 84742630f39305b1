import { UsageError } from './usage-error.ts';

/** A server that is measured. */
export interface Target {
  readonly name: string;
  /** Whether the target uses TLS. */
  readonly isSecure: boolean;
  /** HOST:PORT that writes and reads go to. */
  readonly address: string;
  /** HOST:PORT that watches go to. */
  readonly watchAddress: string;
  /** The process id of the server on this machine, for measuring its resources. */
  readonly pid: number | undefined;
}

const pattern =
  /^(?<name>[^=]+)=(?<scheme>https?:\/\/)?(?<address>[^;@]+:\d+)(;(?<watchAddress>[^;@]+:\d+))?(@(?<pid>\d+))?$/;

/** From `NAME=[https://]HOST:PORT[;HOST:PORT][@PID]`. Throws `UsageError`. */
export function parseTarget(text: string): Target {
  const groups = pattern.exec(text)?.groups;
  if (!groups?.name || !groups.address) {
    throw new UsageError(`a target is NAME=[https://]HOST:PORT[;HOST:PORT][@PID], not ${text}`);
  }
  return {
    name: groups.name,
    isSecure: groups.scheme === 'https://',
    address: groups.address,
    watchAddress: groups.watchAddress ?? groups.address,
    pid: groups.pid === undefined ? undefined : Number(groups.pid),
  };
}
