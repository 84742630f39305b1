import { useState } from 'preact/hooks';
import { bytesOfText, textOfBytes } from '../bytes.ts';

/** What a user types for a value. */
export interface ValueInput {
  /** Undefined while the text is no value. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
  readonly field: preact.VNode;
}

/** A field for a value: text, or hex digits for bytes that are no text. */
export function useValueInput(start: Uint8Array<ArrayBuffer>): ValueInput {
  const startText = editableText(start);
  const [form, setForm] = useState<'text' | 'hex'>(startText === undefined ? 'hex' : 'text');
  const [text, setText] = useState(startText ?? hexOf(start));
  const bytes = form === 'text' ? bytesOfText(text) : bytesOfHex(text);
  const change = (to: 'text' | 'hex') => {
    if (bytes === undefined || to === form) return;
    const shown = to === 'hex' ? hexOf(bytes) : editableText(bytes);
    if (shown === undefined) return;
    setText(shown);
    setForm(to);
  };
  const isText = bytes !== undefined && editableText(bytes) !== undefined;
  const field = (
    <>
      <label>
        Value as
        <select value={form} onChange={({ currentTarget }) => change(currentTarget.value as 'text' | 'hex')}>
          <option value="text" disabled={!isText}>
            text
          </option>
          <option value="hex" disabled={bytes === undefined}>
            hex digits
          </option>
        </select>
      </label>
      <label>
        Value
        <textarea
          class="mono"
          rows={12}
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      {bytes === undefined && (
        <p class="notice" role="alert">
          A byte needs two hex digits, such as 0a. White space is ignored.
        </p>
      )}
    </>
  );
  return { bytes, field };
}

/** The text of a value, unless a text field would change it: it makes one character of `\r\n`. */
function editableText(bytes: Uint8Array): string | undefined {
  const text = textOfBytes(bytes);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to look for
  return text === undefined || /[\u0000-\u0008\u000b-\u001f]/.test(text) ? undefined : text;
}

function hexOf(bytes: Uint8Array): string {
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return digits.replaceAll(/(.{47}) /g, '$1\n');
}

function bytesOfHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  const digits = text.replaceAll(/\s+/g, '');
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
