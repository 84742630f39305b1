import { useState } from 'preact/hooks';
import { call, type RangeReply, type Settings } from '../api.ts';
import { base64OfBytes, shownBytes } from '../bytes.ts';
import { loadSchemas } from '../kubernetes/load-schemas.ts';
import { Choice } from '../parts/choice.tsx';
import { Failure } from '../parts/failure.tsx';
import { useData } from '../use-data.ts';
import { AbsentKey } from './absent-key.tsx';
import { ConfirmWrite } from './confirm-write.tsx';
import type { DecodedValue } from './decode-value.ts';
import { EditValue } from './edit-value.tsx';
import { type Version, versionOf } from './history.ts';
import { HistoryView } from './history-view.tsx';
import { Fact, ObjectFacts } from './object-facts.tsx';
import { ValueText } from './value-text.tsx';
import type { WritePlan } from './write-plan.ts';

interface ValuePanelProps {
  readonly name: Uint8Array<ArrayBuffer>;
  readonly settings: Settings;
  readonly onWritten: () => void;
}

/** The key that is open: its value, its history, and writes. */
export function ValuePanel({ name, settings, onWritten }: ValuePanelProps) {
  const key = base64OfBytes(name);
  const read = useData((signal) => readKey(key, signal), [key]);
  const [plan, setPlan] = useState<WritePlan>();
  return (
    <>
      <h1 class="mono key">{shownBytes(name)}</h1>
      {read.state === 'failed' && <Failure error={read.error} onRetry={read.reload} />}
      {read.state === 'ready' && read.value.current === undefined && (
        <AbsentKey name={name} revision={read.value.revision} onPlan={settings.write ? setPlan : undefined} />
      )}
      {read.state === 'ready' && read.value.current !== undefined && (
        <PresentKey
          name={name}
          current={read.value.current}
          onReload={read.reload}
          onPlan={settings.write ? setPlan : undefined}
        />
      )}
      {plan !== undefined && (
        <ConfirmWrite
          plan={plan}
          onEnd={() => setPlan(undefined)}
          onWritten={() => {
            read.reload();
            onWritten();
          }}
        />
      )}
    </>
  );
}

interface ReadKey {
  readonly current: Version | undefined;
  readonly revision: string;
}

async function readKey(key: string, signal: AbortSignal): Promise<ReadKey> {
  const { header, kvs } = await call<RangeReply>('kv/range', { key }, { signal });
  const [found] = kvs ?? [];
  return { current: found && (await versionOf(found, loadSchemas)), revision: header.revision ?? '0' };
}

interface PresentKeyProps {
  readonly name: Uint8Array<ArrayBuffer>;
  readonly current: Version;
  readonly onReload: () => void;
  /** Absent: the page may not write. */
  readonly onPlan: ((plan: WritePlan) => void) | undefined;
}

const tabs = ['value', 'history'] as const;
const tabTitles = { value: 'Value', history: 'History' } as const;

function PresentKey({ name, current, onReload, onPlan }: PresentKeyProps) {
  const { decoded } = current;
  const [tab, setTab] = useState<(typeof tabs)[number]>('value');
  const [isEditing, setEditing] = useState(false);
  const restore = (version: Version) =>
    onPlan?.({ key: name, value: version.bytes, seen: current, restores: version.modRevision });
  return (
    <>
      {decoded.kind === 'kubernetes' && <ObjectFacts object={decoded.object} />}
      <Facts current={current} />
      <div class="bar">
        <Choice label="Part" names={tabs} titles={tabTitles} chosen={tab} onChoose={setTab} />
        <button type="button" onClick={onReload}>
          Read again
        </button>
        {onPlan !== undefined && (
          <>
            <button type="button" onClick={() => setEditing(true)}>
              Edit
            </button>
            <button type="button" onClick={() => onPlan({ key: name, value: undefined, seen: current })}>
              Delete …
            </button>
          </>
        )}
      </div>
      {isEditing && (
        <EditValue
          start={current.bytes}
          isKubernetes={decoded.kind === 'kubernetes'}
          onPut={(value) => onPlan?.({ key: name, value, seen: current })}
          onEnd={() => setEditing(false)}
        />
      )}
      {tab === 'value' ? (
        <>
          <DecodingNotice decoded={decoded} />
          <ValueText bytes={current.bytes} decoded={decoded} />
        </>
      ) : (
        <HistoryView name={name} current={current} onRestore={onPlan && restore} />
      )}
    </>
  );
}

function Facts({ current }: { readonly current: Version }) {
  const { modRevision, createRevision, version, lease = '', bytes } = current;
  return (
    <dl class="facts">
      <Fact name="Modified at revision" value={modRevision} />
      <Fact name="Created at revision" value={createRevision} />
      <Fact name="Version" value={version} />
      <Fact name="Lease" value={lease === '' ? '' : BigInt(lease).toString(16)} />
      <Fact name="Size" value={bytes.length === 1 ? '1 byte' : `${bytes.length} bytes`} />
    </dl>
  );
}

function DecodingNotice({ decoded }: { readonly decoded: DecodedValue }) {
  switch (decoded.kind) {
    case 'encrypted':
      return (
        <p class="notice plain">
          This value is encrypted by a Kubernetes API server (provider {decoded.provider}, key {decoded.keyName}). Only
          the API server can read it.
        </p>
      );
    case 'undecoded':
      return (
        <p class="notice">
          This value begins like a Kubernetes object in protobuf, but{' '}
          {decoded.reason === 'large' ? 'is too large to be decoded' : 'the rest is cut off or damaged'}. Its bytes are
          shown.
        </p>
      );
    default:
      return null;
  }
}
