import { useEffect, useRef, useState } from 'preact/hooks';
import { writeTxn } from '../api.ts';
import { shownBytes } from '../bytes.ts';
import { compareOf, conflictOf, type TxnReply, txnOf, type WritePlan } from './write-plan.ts';

interface ConfirmWriteProps {
  readonly plan: WritePlan;
  readonly onEnd: () => void;
  readonly onWritten: () => void;
}

/** Shows what a write does and the compare it uses, and makes it when the user confirms. */
export function ConfirmWrite({ plan, onEnd, onWritten }: ConfirmWriteProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const write = async () => {
    setBusy(true);
    try {
      const reply = await writeTxn<TxnReply>(txnOf(plan));
      if (reply.succeeded === true) {
        onEnd();
        onWritten();
      } else setError(conflictOf(reply));
    } catch (failure) {
      setError((failure as Error).message);
    } finally {
      setBusy(false);
    }
  };
  const { verb, sentence } = describe(plan);
  return (
    <dialog ref={dialog} aria-labelledby="confirm-title" onClose={onEnd}>
      <h2 id="confirm-title">{verb} this key?</h2>
      <p class="mono key">{shownBytes(plan.key)}</p>
      <p>{sentence}</p>
      <p>The write is one transaction. It has an effect only if this compare holds:</p>
      <pre class="compare">{compareOf(plan)}</pre>
      {plan.seen?.lease !== undefined && plan.value !== undefined && <p>The key keeps its lease {plan.seen.lease}.</p>}
      {error !== undefined && (
        <p class="notice" role="alert">
          {error}
        </p>
      )}
      <div class="bar">
        <button type="button" class="primary" disabled={isBusy || error !== undefined} onClick={write}>
          {verb}
        </button>
        <button type="button" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
      </div>
    </dialog>
  );
}

function describe({ value, seen, restores }: WritePlan): { readonly verb: string; readonly sentence: string } {
  if (value === undefined) return { verb: 'Delete', sentence: 'The key and its value are removed.' };
  const bytes = `${value.length} ${value.length === 1 ? 'byte' : 'bytes'}`;
  if (restores !== undefined)
    return { verb: 'Restore', sentence: `The value of revision ${restores} is put again (${bytes}).` };
  return seen === undefined
    ? { verb: 'Create', sentence: `A new key is put with a value of ${bytes}.` }
    : { verb: 'Put', sentence: `The value is replaced by one of ${bytes}.` };
}
