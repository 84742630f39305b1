import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';

interface Owner {
  readonly kind?: string;
  readonly name?: string;
}

/** What a Kubernetes object is, in five lines. */
export function ObjectFacts({ object }: { readonly object: KubernetesObject }) {
  const { kind, apiVersion, metadata } = object;
  const created = textOf(metadata.creationTimestamp);
  const owners = (Array.isArray(metadata.ownerReferences) ? metadata.ownerReferences : []) as readonly Owner[];
  return (
    <dl class="facts">
      <Fact name="Kind" value={`${kind} (${apiVersion})`} />
      <Fact name="Name" value={textOf(metadata.name)} />
      <Fact name="Namespace" value={textOf(metadata.namespace)} />
      <Fact name="Owner" value={owners.map((owner) => `${owner.kind} ${owner.name}`).join(', ')} />
      <Fact name="Age" value={created === '' ? '' : `${ageOf(created, Date.now())} (created ${created})`} />
    </dl>
  );
}

export function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return value === '' ? null : (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** As kubectl writes it: `5m`, `3h`, `12d`. */
export function ageOf(created: string, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(created)) / 1000));
  if (Number.isNaN(seconds)) return 'unknown';
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
