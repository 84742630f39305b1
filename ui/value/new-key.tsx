import { useState } from 'preact/hooks';
import { bytesOfShown, shownBytes } from '../bytes.ts';
import { addressOf } from '../route.ts';
import { ConfirmWrite } from './confirm-write.tsx';
import { useValueInput } from './value-input.tsx';
import type { WritePlan } from './write-plan.ts';

interface NewKeyProps {
  /** What the new key probably begins with. */
  readonly prefix: Uint8Array<ArrayBuffer>;
  readonly onEnd: () => void;
  readonly onWritten: () => void;
}

const noBytes = new Uint8Array();

/** A form for a key that does not exist yet. */
export function NewKey({ prefix, onEnd, onWritten }: NewKeyProps) {
  const [name, setName] = useState(shownBytes(prefix));
  const [plan, setPlan] = useState<WritePlan>();
  const { bytes, field } = useValueInput(noBytes);
  const key = bytesOfShown(name);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (key.length > 0 && bytes !== undefined) setPlan({ key, value: bytes, seen: undefined });
  };
  return (
    <form class="edit" onSubmit={submit}>
      <h2>New key</h2>
      <label>
        Key
        <input
          class="mono"
          required
          spellcheck={false}
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </label>
      {field}
      <div class="bar">
        <button type="submit" class="primary">
          Create …
        </button>
        <button type="button" onClick={onEnd}>
          Cancel
        </button>
      </div>
      {plan !== undefined && (
        <ConfirmWrite
          plan={plan}
          onEnd={() => setPlan(undefined)}
          onWritten={() => {
            onEnd();
            onWritten();
            location.hash = addressOf('value', key);
          }}
        />
      )}
    </form>
  );
}
