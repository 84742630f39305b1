import { useValueInput } from './value-input.tsx';

interface EditValueProps {
  readonly start: Uint8Array<ArrayBuffer>;
  /** The object is one of Kubernetes, whose API server checks more than a store can. */
  readonly isKubernetes: boolean;
  readonly onPut: (value: Uint8Array<ArrayBuffer>) => void;
  readonly onEnd: () => void;
}

/** A form for another value of a key. */
export function EditValue({ start, isKubernetes, onPut, onEnd }: EditValueProps) {
  const { bytes, field } = useValueInput(start);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (bytes !== undefined) onPut(bytes);
  };
  return (
    <form class="edit" onSubmit={submit}>
      <h2>Another value</h2>
      {isKubernetes && (
        <p class="notice">
          This is a Kubernetes object. If you can, use kubectl: the API server checks the object, and tine does not.
        </p>
      )}
      {field}
      <div class="bar">
        <button type="submit" class="primary">
          Put …
        </button>
        <button type="button" onClick={onEnd}>
          Cancel
        </button>
      </div>
    </form>
  );
}
