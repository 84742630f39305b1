import { join } from 'node:path';
import { etcdctlProgram } from '../support/paths.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { waitFor } from '../support/wait.ts';
import { EtcdctlProcess, type Printed } from './etcdctl-process.ts';
import { namedDifferences } from './named-differences.ts';
import { type Format, type HeaderIds, readable } from './readable.ts';
import { rootPassword } from './scripts/auth.ts';
import type { CommandStep, Step } from './step.ts';

/** A server for etcdctl, with the flags to connect to it. */
export interface Place {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** etcdctl's global flags, including the endpoint. */
  readonly flags: readonly string[];
  /** The flags of an anonymous client: without user and certificate. */
  readonly anonymousFlags: readonly string[];
  /** The flags with which `make-mirror` connects to the server. */
  readonly destinationFlags: readonly string[];
}

/** The result of one step, in a form that can be compared. */
export interface Outcome {
  readonly step: string;
  readonly differs: string | undefined;
  readonly exit: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Long enough for a busy machine. Commands that have their own timeout name it. */
const patienceFlags = ['--command-timeout=30s', '--dial-timeout=20s'];

/** One server and its progress through a script. */
export class Lane {
  readonly #place: Place;
  readonly #format: Format;
  readonly #directory = temporaryDirectory();
  readonly #leases = new Map<string, bigint>();
  readonly #processes = new Map<string, { readonly process: EtcdctlProcess; readonly step: CommandStep }>();
  #ids: HeaderIds = { clusterId: 0n, memberId: 0n };

  constructor(place: Place, format: Format) {
    this.#place = place;
    this.#format = format;
  }

  /** Runs the steps one after the other. Ends the processes that the steps leave running. */
  async run(steps: readonly Step[]): Promise<Outcome[]> {
    await this.#learnIds();
    const outcomes: Outcome[] = [];
    try {
      for (const step of steps) {
        const outcome = await this.#step(step);
        if (outcome !== undefined) outcomes.push(outcome);
      }
      return outcomes;
    } finally {
      for (const { process } of this.#processes.values()) process.signal('SIGKILL');
    }
  }

  async #step(step: Step): Promise<Outcome | undefined> {
    switch (step.kind) {
      case 'command':
        return this.#command(step);
      case 'start':
        return this.#start(step.name, { ...step, kind: 'command' });
      case 'prints':
        await this.#named(step.name).process.prints(step.texts.flatMap((text) => [text, base64Beginning(text)]));
        await this.#learnLease(this.#named(step.name).step);
        return undefined;
      case 'holds':
        await this.#untilKeys(step.prefix, step.count);
        for (const { step: started } of this.#processes.values()) await this.#learnLease(started);
        return undefined;
      case 'say':
        this.#named(step.name).process.say(await this.#resolved(step.text));
        return undefined;
      case 'stop': {
        const { process, step: started } = this.#named(step.name);
        this.#processes.delete(step.name);
        if (step.by === 'end of input') process.endInput();
        else if (step.by !== 'itself') process.signal(step.by);
        return this.#outcome(started, await process.ended());
      }
    }
  }

  async #command(step: CommandStep): Promise<Outcome> {
    const process = await this.#spawn(step);
    process.endInput(step.input === undefined ? '' : await this.#resolved(step.input));
    const printed = await process.ended();
    await this.#learnLease(step);
    return this.#outcome(step, printed);
  }

  async #start(name: string, step: CommandStep): Promise<undefined> {
    this.#processes.set(name, { process: await this.#spawn(step), step });
  }

  async #spawn(step: CommandStep): Promise<EtcdctlProcess> {
    const words: string[] = [];
    for (const word of step.arguments) {
      if (word === '{destination-flags}') words.push(...this.#place.destinationFlags);
      else words.push(await this.#resolved(word));
    }
    const flags = step.isAnonymous ? this.#place.anonymousFlags : this.#place.flags;
    const format = this.#format === 'simple' ? [] : [`--write-out=${this.#format}`];
    return new EtcdctlProcess(etcdctlProgram(), [...flags, ...patienceFlags, ...format, ...words], {
      ...step.environment,
    });
  }

  /** Runs a command of the lane itself. Its reply is JSON. */
  async #ask(...words: string[]): Promise<string> {
    // While auth is enabled only root has the right. While it is disabled, a user does no harm.
    const flags = [...this.#place.flags, ...patienceFlags, '--write-out=json', `--user=root:${rootPassword}`];
    const process = new EtcdctlProcess(etcdctlProgram(), [...flags, ...words], {});
    process.endInput();
    const { exit, stdout, stderr } = await process.ended();
    if (exit !== 'status 0') throw new Error(`etcdctl ${words.join(' ')}: ${exit}\n${stderr}`);
    return stdout.toString();
  }

  async #learnIds(): Promise<void> {
    const status = await this.#ask('endpoint', 'status');
    this.#ids = { clusterId: numberAfter('"cluster_id":', status), memberId: numberAfter('"member_id":', status) };
  }

  /** Ids have up to 64 bits, so they are searched as text. */
  async #learnLease({ grants }: CommandStep): Promise<void> {
    if (grants === undefined || this.#leases.has(grants)) return;
    const listed = [...(await this.#ask('lease', 'list')).matchAll(/"(?:ID|id)":"?(-?\d+)/g)].map(([, id]) =>
      BigInt(id ?? ''),
    );
    const known = new Set(this.#leases.values());
    const fresh = listed.find((id) => !known.has(id));
    if (fresh !== undefined) this.#leases.set(grants, fresh);
  }

  async #untilKeys(prefix: string, count: number): Promise<void> {
    const isSo = async () => {
      const found = await this.#ask('get', prefix, '--prefix', '--keys-only');
      return Number(/"count":"?(\d+)/.exec(found)?.[1] ?? 0) === count;
    };
    // The state so far is compared: a difference explains more than a timeout.
    await waitFor(`${count} keys ${prefix}`, isSo, { timeoutMs: 15_000 }).catch(() => {});
  }

  async #resolved(text: string): Promise<string> {
    let resolved = text
      .replaceAll('{endpoint}', this.#place.address)
      .replaceAll('{member}', this.#ids.memberId.toString(16))
      .replace(/\{file:([^}]+)\}/g, (_, name: string) => join(this.#directory, name))
      .replace(/\{lease:([^}]+)\}/g, (_, name: string) => (this.#leases.get(name) ?? 0n).toString(16));
    for (const [placeholder, offset] of resolved.matchAll(/\{revision([+-]\d+)?\}/g)) {
      resolved = resolved.replace(placeholder, String(Math.max(0, (await this.#revision()) + Number(offset ?? 0))));
    }
    return resolved;
  }

  async #revision(): Promise<number> {
    return Number(numberAfter('"revision":', await this.#ask('get', 'revision')));
  }

  #named(name: string) {
    const named = this.#processes.get(name);
    if (named === undefined) throw new Error(`no step started ${name}`);
    return named;
  }

  #outcome(step: CommandStep, { exit, stdout, stderr }: Printed): Outcome {
    return {
      step: step.arguments.join(' '),
      differs: step.differs,
      exit,
      stdout: this.#comparable(readable(stdout, this.#formatOf(step), step.arguments, this.#ids)),
      stderr: this.#comparable(readable(stderr, 'simple', step.arguments, this.#ids)),
    };
  }

  /** A command may name its own format. */
  #formatOf(step: CommandStep): Format {
    return step.arguments.includes('--write-out=table') ? 'table' : this.#format;
  }

  /** The text without the named differences. */
  #comparable(text: string): string {
    let comparable = text.replaceAll(this.#place.address, '<endpoint>').replaceAll(this.#directory, '<directory>');
    comparable = replaceId(comparable, this.#ids.clusterId, '<cluster>');
    comparable = replaceId(comparable, this.#ids.memberId, '<member>');
    for (const [name, id] of this.#leases) comparable = replaceId(comparable, id, `<lease ${name}>`);
    for (const { replacements } of namedDifferences) {
      for (const [pattern, replacement] of replacements) comparable = comparable.replace(pattern, replacement);
    }
    return comparable;
  }
}

function numberAfter(label: string, json: string): bigint {
  const [, digits] = new RegExp(`${label}"?(\\d+)`).exec(json) ?? [];
  if (digits === undefined) throw new Error(`${json} has no ${label}`);
  return BigInt(digits);
}

function replaceId(text: string, id: bigint, name: string): string {
  if (id === 0n) return text;
  return text.replace(new RegExp(`\\b(${id}|0*${id.toString(16)})\\b`, 'g'), name);
}

/** The common beginning of the base64 of all texts with this beginning. */
function base64Beginning(text: string): string {
  return Buffer.from(text)
    .toString('base64')
    .replace(/=+$/, '')
    .slice(0, Math.floor((text.length * 4) / 3));
}
