import { StatusCode } from '../../../errors.ts';
import type { Method } from './method.ts';
import { MethodMetrics } from './method-metrics.ts';
import type { Status } from './status.ts';

/** A method and the metrics of its calls. */
export interface MethodEntry {
  readonly method: Method;
  readonly metrics: MethodMetrics;
}

/** Methods by path. */
export class MethodTable {
  readonly #entries = new Map<string, MethodEntry>();
  readonly #services = new Set<string>();

  constructor(methods: readonly Method[]) {
    for (const method of methods) {
      this.#entries.set(method.path, { method, metrics: new MethodMetrics(method) });
      this.#services.add(splitPath(method.path)?.service ?? '');
    }
  }

  find(path: string): MethodEntry | undefined {
    return this.#entries.get(path);
  }

  get metrics(): readonly MethodMetrics[] {
    return [...this.#entries.values()].map(({ metrics }) => metrics);
  }

  get services(): readonly string[] {
    return [...this.#services];
  }

  /** The status for a path that is not in the table, in grpc-go's words. */
  unknown(path: string): Status {
    return { code: StatusCode.unimplemented, message: this.#unknownText(path) };
  }

  #unknownText(path: string): string {
    const split = splitPath(path);
    if (split === undefined) return `malformed method name: ${JSON.stringify(path)}`;
    const { service, method } = split;
    if (!this.#services.has(service)) return `unknown service ${service}`;
    return `unknown method ${method} for service ${service}`;
  }
}

/** `/service/method`, or without the first slash. */
export function splitPath(path: string): { readonly service: string; readonly method: string } | undefined {
  const start = path.startsWith('/') ? 1 : 0;
  const end = path.lastIndexOf('/');
  if (end < start) return undefined;
  return { service: path.slice(start, end), method: path.slice(end + 1) };
}
